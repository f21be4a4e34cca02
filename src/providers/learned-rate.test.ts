import { expect, it } from "vitest";
import { LearnedRate } from "./learned-rate.ts";

const HOUR_MS = 3_600_000;

it("makes no call wait for long because no call was sent for hours before a refusal", () => {
  const rate = new LearnedRate();
  rate.take(0);
  const refusedAt = 3 * HOUR_MS;
  for (const at of [0, 1, 2]) rate.take(refusedAt + at);
  rate.refused();
  rate.beginRefusal(refusedAt + 5, null);
  const againAt = refusedAt + 1000;
  rate.take(againAt);
  rate.passedAgain(againAt);
  let now = againAt;
  for (let sent = 0; sent < 20; sent++) {
    now += rate.wait(now);
    rate.take(now);
  }
  expect(now - againAt).toBeLessThan(120_000);
});
