import { describe, expect, it } from "vitest";
import {
  boundedMeanInterval,
  mixtureBound,
  normalMeanInterval,
  quantileBounds,
  sessionsPerArm,
} from "./always-valid.ts";
import { mean } from "./sample-moments.ts";
import { seededRandom } from "./seeded-random.ts";

/** Share of streams whose interval does not contain the truth at one or more of the looks. */
function everMissed(
  streams: number,
  looks: readonly number[],
  draw: (random: () => number) => number,
  misses: (values: Float64Array) => boolean,
): number {
  const random = seededRandom("streams");
  const missed = Array.from({ length: streams }, () => {
    const values = Float64Array.from({ length: looks.at(-1) ?? 0 }, () => draw(random));
    return looks.some((size) => misses(values.subarray(0, size))) ? 1 : 0;
  });
  return mean(missed);
}

const daily = Array.from({ length: 15 }, (_, day) => (day + 1) * 30);

describe("boundedMeanInterval", () => {
  it.each([
    ["even arms", 0.8, 0.8],
    ["arms that nearly always pass", 0.99, 0.99],
    ["arms that differ", 0.7, 0.9],
  ])("covers the truth of %s at every daily look, in at least 95 % of streams", (_, a, b) => {
    const draw = (random: () => number): number => (random() < b ? 1 : 0) - (random() < a ? 1 : 0);
    const missed = everMissed(150, daily, draw, (values) => {
      const { low, high } = boundedMeanInterval(values);
      return low > b - a || high < b - a;
    });
    expect(missed).toBeLessThan(0.05);
  });

  it("stays wide after a few equal outcomes, and contains the estimate", () => {
    expect(boundedMeanInterval([1])).toMatchObject({ value: 1, high: 1 });
    expect(boundedMeanInterval([1]).low).toBeLessThan(-0.5);
    expect(boundedMeanInterval(new Array<number>(20).fill(0))).toMatchObject({ value: 0 });
    for (const values of [[0.2, -0.4, 1], [-1, -1], new Array<number>(500).fill(0.3)]) {
      const { low, value, high } = boundedMeanInterval(values);
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
    expect(() => boundedMeanInterval([1.1])).toThrow(RangeError);
    expect(() => boundedMeanInterval([])).toThrow(RangeError);
  });

  it("is mirrored when the arms are swapped", () => {
    const values = [1, 0, 0, -1, 1, 1, 0, 1, 0, 1];
    const there = boundedMeanInterval(values);
    const back = boundedMeanInterval(values.map((value) => -value));
    expect(back.low).toBeCloseTo(-there.high, 6);
    expect(back.evidence).toBeCloseTo(there.evidence, 9);
  });

  it("is as narrow as the normal mixture's with many values, and has large evidence when it excludes 0", () => {
    const random = seededRandom("wide");
    const values = Float64Array.from(
      { length: 1200 },
      () => (random() < 0.8 ? 1 : 0) - (random() < 0.7 ? 1 : 0),
    );
    const bets = boundedMeanInterval(values);
    const normal = normalMeanInterval(values);
    expect(bets.high - bets.low).toBeCloseTo((normal?.high ?? 0) - (normal?.low ?? 0), 2);
    expect(bets.low > 0).toBe(true);
    expect(bets.evidence).toBeGreaterThan(20);
  });
});

describe("normalMeanInterval", () => {
  it("covers the truth of long-tailed costs at every look in nearly all streams", () => {
    // A log-normal of mean e^(0.8² / 2).
    const draw = (random: () => number): number =>
      Math.exp(0.8 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())) -
      Math.exp(0.32);
    const missed = everMissed(150, daily.slice(2), draw, (values) => {
      const found = normalMeanInterval(values);
      return found !== null && (found.low > 0 || found.high < 0);
    });
    expect(missed).toBeLessThan(0.08);
  });

  it("is null for few values, and wider than an interval for a single look", () => {
    expect(normalMeanInterval([1, 2, 3])).toBeNull();
    expect(mixtureBound(1000)).toBeGreaterThan(2.9);
    expect(mixtureBound(1000)).toBeLessThan(3.2);
    expect(mixtureBound(1000, 0.99)).toBeGreaterThan(mixtureBound(1000));
  });
});

describe("quantileBounds", () => {
  it.each([0.5, 0.95])("contain the quantile %d of clustered values at every look", (q) => {
    const random = seededRandom(`quantile ${q}`);
    const missed = Array.from({ length: 60 }, () => {
      const clusters = Array.from({ length: 300 }, () => {
        const length = 1 + Math.floor(3 * random());
        return Array.from({ length }, () => random());
      });
      return [100, 300].some((size) => {
        const { low, high } = quantileBounds(clusters.slice(0, size), q);
        return (low ?? 0) > q || (high ?? 1) < q;
      })
        ? 1
        : 0;
    });
    expect(mean(missed)).toBeLessThan(0.05);
  });

  it("bounds a side only when there are enough values", () => {
    const times = Array.from({ length: 400 }, (_, i) => [i]);
    const median = quantileBounds(times, 0.5);
    expect(median.low).toBeGreaterThan(100);
    expect(median.high).toBeLessThan(300);
    expect(quantileBounds(times, 0.99).high).toBeNull();
    expect(quantileBounds([[1], [2]], 0.5)).toEqual({ low: null, high: null });
    expect(() => quantileBounds([[]], 0.5)).toThrow(RangeError);
  });
});

describe("sessionsPerArm", () => {
  it("gives enough sessions for the interval to exclude 0 with the wanted power", () => {
    const { sessions, singleLook } = sessionsPerArm(0.8, 0.1);
    expect(sessions).toBeGreaterThan(singleLook);
    const random = seededRandom("power");
    const called = Array.from({ length: 250 }, () => {
      const values = Float64Array.from(
        { length: sessions },
        () => (random() < 0.7 ? 1 : 0) - (random() < 0.8 ? 1 : 0),
      );
      return boundedMeanInterval(values).high < 0 ? 1 : 0;
    });
    expect(mean(called)).toBeGreaterThan(0.75);
    expect(mean(called)).toBeLessThan(0.88);
  });

  it("rejects a difference that two shares cannot have", () => {
    expect(() => sessionsPerArm(0.5, 0.6)).toThrow(RangeError);
    expect(sessionsPerArm(0.95, 0.1).sessions).toBeGreaterThan(100);
  });
});
