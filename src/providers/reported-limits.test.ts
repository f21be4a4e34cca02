import { describe, expect, it } from "vitest";
import { LIMIT_HEADERS } from "./limit-headers.ts";
import { reportedLimits } from "./reported-limits.ts";
import { ReplyHeaders } from "./whole-reply.ts";

const NOW = Date.parse("2026-11-30T12:00:00Z");
const read = (headers: Record<string, string>) =>
  reportedLimits(
    new ReplyHeaders(
      Object.entries(headers).flatMap(([name, value]) => [Buffer.from(name), Buffer.from(value)]),
    ),
    NOW,
  );

describe.each(LIMIT_HEADERS)("$remaining", ({ kind, limit, remaining, reset }) => {
  it.each([
    ["88ms", 88],
    ["6m0s", 360_000],
    ["1.5s", 1500],
    ["2", 2000],
    ["0", 0],
    ["2026-11-30T12:00:30Z", 30_000],
    [String(NOW / 1000 + 5), 5000],
    [String(NOW + 250), 250],
    ["2026-11-30T11:59:00Z", 0],
  ])("is read with a reset of %s", (written, reset_ms) => {
    expect(read({ [limit]: "600", [remaining.toUpperCase()]: "17", [reset]: written })).toEqual([
      { kind, limit: 600, remaining: 17, reset_ms },
    ]);
  });

  it("is ignored if the limit is not above 0, a value is not a number, or the reset is unknown", () => {
    for (const headers of [
      { [limit]: "-1", [remaining]: "-1", [reset]: "0" },
      { [limit]: "0", [remaining]: "0", [reset]: "0" },
      { [limit]: "600", [remaining]: "many", [reset]: "1s" },
      { [limit]: "600", [remaining]: "5" },
      { [limit]: "600", [remaining]: "5", [reset]: "soon" },
      { [limit]: "600", [remaining]: "5", [reset]: "2027-11-30T12:00:00Z" },
      { [limit]: "600", [reset]: "1s" },
    ])
      expect(read(headers)).toEqual([]);
  });

  it("is read without the limit itself", () => {
    expect(read({ [remaining]: "17", [reset]: "1s" })).toEqual([
      { kind, limit: null, remaining: 17, reset_ms: 1000 },
    ]);
  });
});

it("reads several limits of one reply, and none of a reply that reports none", () => {
  const headers = Object.fromEntries(
    LIMIT_HEADERS.slice(2, 6).flatMap(({ limit, remaining, reset }, index) => [
      [limit, "1000"],
      [remaining, String(index)],
      [reset, "1s"],
    ]),
  );
  expect(read(headers).map(({ kind, remaining }) => [kind, remaining])).toEqual([
    ["requests", 0],
    ["tokens", 1],
    ["input_tokens", 2],
    ["output_tokens", 3],
  ]);
  expect(read({ "content-type": "application/json", date: "today" })).toEqual([]);
});
