import { describe, expect, it } from "vitest";
import { type Departure, ModelPace } from "./model-pace.ts";
import { bucket, outage, type ServerLimit, seeded, windows } from "./testing/pace-worlds.ts";

const NEED = { bytes: 0, input: 0, output: 0 };
const HOUR_MS = 3_600_000;
const LONGEST_WAIT_MS = 90_000;
/** From this time on, the server accepts every call. */
const CALM_FROM_MS = 60_000;

type Random = () => number;

function oneOf<T>(random: Random, ...values: readonly [T, ...T[]]): T {
  return values[Math.floor(random() * values.length)] as T;
}

function someLimit(random: Random): ServerLimit {
  const per = Math.ceil(random() * 60);
  const ms = oneOf(random, 1000, 5000, 20_000, 60_000, HOUR_MS);
  return oneOf<() => ServerLimit>(
    random,
    () => windows(per, ms, random() * ms),
    () => windows((now) => (now % 40_000 < 20_000 ? per : Math.ceil(per / 3)), ms),
    () => bucket(random() * 20 + 0.1, per),
    () => outage(random() * 30_000, random() * CALM_FROM_MS),
  )();
}

/** A call in flight, and how it ends. */
interface Flight {
  readonly departure: Departure;
  readonly backAt: number;
  readonly end: (now: number) => void;
}

/** A server with a random limit, whose calls fail in every other way too, until it accepts everything. */
function someServer(random: Random, pace: ModelPace) {
  const limit = someLimit(random);
  const atOnce = oneOf(random, 1, 2, 4, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  const asks = oneOf(random, 0, 0, 0.3, 1);
  const fails = oneOf(random, 0, 0, 0.1, 0.4);
  const slowest = oneOf(random, 50, 300, 3000, 30_000);
  const slowestRefusal = oneOf(random, 3, 3, 100, 5000);
  return (departure: Departure, inFlight: number): Flight => {
    const { at } = departure;
    const calm = at >= CALM_FROM_MS;
    const back = (used: number | null) => () => pace.back(departure, used);
    if (!calm && random() < fails)
      return oneOf<() => Flight>(
        random,
        // Never sent, failed otherwise, and cut at the deadline.
        () => ({ departure, backAt: at, end: back(0) }),
        () => ({ departure, backAt: at + random() * 200, end: back(0) }),
        () => ({ departure, backAt: at + slowest, end: back(null) }),
        () => ({
          departure,
          backAt: at + random() * 200,
          end: (now) => {
            pace.back(departure, null);
            pace.silent(departure, now, random());
          },
        }),
      )();
    const early = calm ? 0 : inFlight > atOnce ? 1 : limit.admit(at, 1);
    if (early <= 0)
      return {
        departure,
        backAt: at + (calm ? 200 : 100 + random() * slowest),
        end: () => pace.answered(departure, null),
      };
    const asked = random() < asks ? Math.min(early, 60_000) : undefined;
    return {
      departure,
      backAt: at + random() * slowestRefusal,
      end: (now) => pace.busy(departure, asked, now, random()),
    };
  };
}

interface Driven {
  /** The longest wait for a timer; infinity when a call waited for one in flight and none was. */
  readonly longestWait_ms: number;
  /** How long after the server became calm the last call left. */
  readonly lastLeft_ms: number;
}

/** Has a pace send calls to a random server, and 40 more when it has become calm. */
function drive(seed: number): Driven {
  const random = seeded(seed);
  const pace = new ModelPace({ concurrency: oneOf(random, 1, 2, 16, 16) });
  const send = someServer(random, pace);
  const stops = oneOf(random, 0, 0, 0.002);
  const flights: Flight[] = [];
  let now = random() * 1000;
  let longestWait_ms = 0;
  let calmSince = CALM_FROM_MS;
  for (let left = 40; left > 0; ) {
    // A run pauses, or the machine sleeps with calls in flight.
    if (now < CALM_FROM_MS && random() < stops) {
      now += oneOf(random, 10_000, HOUR_MS);
      calmSince = Math.max(CALM_FROM_MS, now);
    }
    if (now < CALM_FROM_MS && random() < 0.0005) pace.forgetRefusals();
    const turn = pace.turn(now, NEED);
    if (turn.kind === "go") {
      flights.push(send(pace.leave(now, NEED), flights.length + 1));
      if (now >= CALM_FROM_MS) left--;
      continue;
    }
    const wait_ms = turn.wait_ms ?? Number.POSITIVE_INFINITY;
    const first = flights.reduce<Flight | null>(
      (soonest, one) => (soonest !== null && soonest.backAt <= one.backAt ? soonest : one),
      null,
    );
    if (turn.wait_ms !== null || first === null) longestWait_ms = Math.max(longestWait_ms, wait_ms);
    if (!(longestWait_ms < LONGEST_WAIT_MS)) break;
    if (first === null || first.backAt > now + wait_ms) {
      now += wait_ms;
      continue;
    }
    flights.splice(flights.indexOf(first), 1);
    now = Math.max(now, first.backAt);
    first.end(now);
  }
  return { longestWait_ms, lastLeft_ms: now - calmSince };
}

describe("with a server of any limit whose calls fail in any way", () => {
  const driven = Array.from({ length: 8000 }, (_, seed) => drive(seed));

  it("lets no call wait for more than the longest retry time, nor for a call that is not in flight", () => {
    for (const [seed, { longestWait_ms }] of driven.entries())
      expect(longestWait_ms, `seed ${seed}`).toBeLessThan(LONGEST_WAIT_MS);
  });

  it("sends all calls soon after the server begins to accept every call", () => {
    for (const [seed, { lastLeft_ms }] of driven.entries())
      expect(lastLeft_ms, `seed ${seed}`).toBeLessThan(10 * 60_000);
  });
});

it("gives up a model that refused the last call an hour ago only after it was asked for a while again", () => {
  const pace = new ModelPace({});
  pace.busy(pace.leave(0, NEED), undefined, 3, 0);
  let now = HOUR_MS;
  pace.busy(pace.leave(now, NEED), undefined, now + 3, 0);
  expect(pace.onlyRefuses(now + 3, 90_000)).toBe(false);
  while (!pace.onlyRefuses(now, 90_000)) {
    now += pace.pauseLeft(now);
    pace.busy(pace.leave(now, NEED), undefined, now + 3, 0);
    now += 3;
  }
  expect(now - HOUR_MS).toBeGreaterThan(60_000);
  expect(now - HOUR_MS).toBeLessThanOrEqual(90_000);
});
