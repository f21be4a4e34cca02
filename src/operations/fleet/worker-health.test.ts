import { expect, it } from "vitest";
import { freePort } from "../../postgres/testing/private-postgres.ts";
import { openHealth } from "./worker-health.ts";

it("answers 200 while the worker is healthy, else 503, and says whose port is taken", async () => {
  let isHealthy = true;
  const port = await freePort();
  const health = await openHealth(port, () => isHealthy);
  const asked = async (headers = {}): Promise<number> =>
    (await fetch(`http://127.0.0.1:${port}/`, { headers })).status;
  expect(await asked()).toBe(200);
  isHealthy = false;
  expect(await asked()).toBe(503);
  expect(await asked({ origin: "https://example.com" })).toBe(403);
  await expect(openHealth(port, () => true)).rejects.toMatchObject({
    problems: [{ code: "EVALS_PORT_IN_USE" }],
  });
  await health.close();
});
