import { describe, expect, it } from "vitest";
import { ModelPace } from "./model-pace.ts";
import { bucket, outage, simulate, slidingWindow, type World, windows } from "./testing/pace-worlds.ts";

const LATENCY = [150, 350] as const;
const REFUSALS = /^refusals$/;

/**
 * Limits that the client does not know. For each: the maximum time of all calls, relative to a client that
 * knows the limit, the maximum share of refused calls, and what the client must report as the reason for its
 * waits.
 */
const WORLDS: readonly (readonly [
  name: string,
  make: () => World,
  slow: number,
  refused: number,
  by: RegExp,
])[] = [
  [
    "windows, reported by headers",
    () => ({ calls: 300, limit: windows(60, 6000), reports: "headers", latency_ms: LATENCY }),
    1.1,
    0,
    /^requests_per_minute$/,
  ],
  [
    "tokens in windows, reported by headers",
    () => ({
      calls: 240,
      limit: windows(5200, 4000),
      amount: 130,
      counts: "output_tokens",
      reports: "headers",
      latency_ms: LATENCY,
    }),
    1.1,
    0,
    /^tokens_per_minute$/,
  ],
  [
    "a bucket, reported by headers",
    () => ({ calls: 260, limit: bucket(10, 20), reports: "headers", latency_ms: LATENCY }),
    1.1,
    0.005,
    /^requests_per_minute$/,
  ],
  [
    "a bucket that fills half as fast after a while, reported by headers",
    () => ({ calls: 180, limit: bucket(10, 20, 100), reports: "headers", latency_ms: LATENCY }),
    1.1,
    0.02,
    /^requests_per_minute$/,
  ],
  [
    "windows, reported by a delay",
    () => ({ calls: 420, limit: windows(60, 5000), reports: "delay", latency_ms: LATENCY }),
    1.25,
    0.02,
    REFUSALS,
  ],
  [
    "a bucket, reported by a delay in whole seconds",
    () => ({ calls: 300, limit: bucket(10, 20), reports: "delay", wholeSeconds: true, latency_ms: LATENCY }),
    1.15,
    0.035,
    REFUSALS,
  ],
  [
    "windows, not reported",
    () => ({ calls: 350, limit: windows(50, 5000), latency_ms: LATENCY }),
    1.06,
    0.035,
    REFUSALS,
  ],
  [
    "short windows, not reported",
    () => ({ calls: 160, limit: windows(20, 3000), latency_ms: LATENCY }),
    1.06,
    0.1,
    REFUSALS,
  ],
  [
    "windows, not reported, the first of which began before the first call",
    () => ({ calls: 350, limit: windows(50, 5000, 3100), latency_ms: LATENCY }),
    1.1,
    0.06,
    REFUSALS,
  ],
  [
    "windows, not reported, whose number is halved",
    () => ({ calls: 350, limit: windows((now) => (now < 15_000 ? 50 : 25), 5000), latency_ms: LATENCY }),
    1.05,
    0.055,
    REFUSALS,
  ],
  [
    "windows, not reported, whose number is doubled",
    () => ({ calls: 500, limit: windows((now) => (now < 15_000 ? 25 : 50), 5000), latency_ms: LATENCY }),
    1.35,
    0.055,
    REFUSALS,
  ],
  [
    "windows, not reported, and at most four concurrent calls",
    () => ({ calls: 350, limit: windows(50, 5000), atOnce: 4, latency_ms: [50, 90] }),
    1.05,
    0.05,
    /^(concurrency|refusals)$/,
  ],
  [
    "windows of a minute, not reported, with slow calls",
    () => ({ calls: 240, limit: windows(60, 60_000, 9000), latency_ms: [1000, 4000] }),
    1.2,
    0.11,
    REFUSALS,
  ],
  [
    "a sliding window, not reported",
    () => ({ calls: 350, limit: slidingWindow(50, 5000), latency_ms: LATENCY }),
    1.45,
    0.065,
    REFUSALS,
  ],
  [
    "no limit, but everything refused for 20 seconds",
    () => ({ calls: 2000, limit: outage(5000, 25_000), latency_ms: LATENCY }),
    1.25,
    0.006,
    REFUSALS,
  ],
  [
    "a bucket, not reported",
    () => ({ calls: 350, limit: bucket(10, 20), latency_ms: LATENCY }),
    1.15,
    0.035,
    REFUSALS,
  ],
  [
    "windows, not reported, while client and server stall now and then",
    () => ({ calls: 350, limit: windows(50, 5000), latency_ms: LATENCY, stalls_ms: 300 }),
    1.08,
    0.06,
    REFUSALS,
  ],
  [
    "windows, reported by a delay, while client and server stall now and then",
    () => ({ calls: 420, limit: windows(60, 5000), reports: "delay", latency_ms: LATENCY, stalls_ms: 300 }),
    1.4,
    0.02,
    REFUSALS,
  ],
  [
    "four concurrent calls, reported by a delay",
    () => ({ calls: 600, atOnce: 4, crowdedDelay_ms: 250, latency_ms: [100, 160] }),
    1.15,
    0.02,
    /^(concurrency|refusals)$/,
  ],
  [
    "seven concurrent calls, not reported",
    () => ({ calls: 600, atOnce: 7, latency_ms: [100, 160] }),
    1.2,
    0.02,
    /^(concurrency|refusals)$/,
  ],
];

describe.each(WORLDS)("%s", (_name, make, slow, maxRefused, by) => {
  it.each([1, 2, 3, 4])(
    "answers all calls, hardly later than a client that knows the limit (seed %i)",
    async (seed) => {
      const { answered, refused, took_ms, ideal_ms, pace } = await simulate(make, { seed });
      expect(answered).toBe(make().calls);
      expect(took_ms / ideal_ms).toBeLessThan(slow);
      expect(refused / (answered + refused)).toBeLessThanOrEqual(maxRefused);
      expect(pace.limited_by).toMatch(by);
      expect(pace.refused).toBe(refused);
    },
  );
});

it("delays no call when there is no limit", async () => {
  const { took_ms, ideal_ms, pace } = await simulate(() => ({ calls: 600, latency_ms: LATENCY }));
  expect(took_ms / ideal_ms).toBeLessThan(1.05);
  expect(pace).toEqual({ limited_by: null, waited_ms: 0, refused: 0 });
});

it("starts with few concurrent calls, so a server that accepts only four refuses few", async () => {
  const { refused } = await simulate(() => ({ calls: 16, atOnce: 4, latency_ms: [100, 160] }));
  expect(refused).toBeLessThanOrEqual(2);
});

it("sends few of the first calls at once, also when the process stood still after them", () => {
  const pace = new ModelPace({});
  const need = { bytes: 0, input: 0, output: 0 };
  const sentAt = (now: number): number => {
    let sent = 0;
    for (; pace.turn(now, need).kind === "go"; sent++) pace.leave(now, need);
    return sent;
  };
  expect(sentAt(0)).toBe(4);
  expect(sentAt(300)).toBe(2);
  expect(sentAt(308)).toBe(1);
});

it("asks no slower a server that refuses the first attempt of every call", () => {
  const pace = new ModelPace({});
  const need = { bytes: 0, input: 0, output: 0 };
  let now = 0;
  const send = () => {
    for (let turn = pace.turn(now, need); turn.kind === "held"; turn = pace.turn(now, need))
      now += turn.wait_ms ?? 1;
    return pace.leave(now, need);
  };
  for (let call = 0; call < 60; call++) {
    pace.busy(send(), 1000, now, 0.5);
    pace.answered(send(), 0);
  }
  expect(now).toBeLessThan(61_000);
});
