import { describe, expect, it } from "vitest";
import { krippendorffAlpha } from "./krippendorff-alpha.ts";
import { krippendorffInterval } from "./krippendorff-interval.ts";
import { mcnemarOneSided, mcnemarTwoSided } from "./paired-tests.ts";
import { rankTrend } from "./rank-trend.ts";
import { effectiveClusterSize, wilsonInterval, wilsonNeff } from "./wilson-interval.ts";

const one = (size: number): string[] => Array.from({ length: size }, () => "all");

describe("rankTrend", () => {
  it("is Spearman's correlation for a single stratum, ties included", () => {
    // scipy.stats.spearmanr gives 0.8207826816681233.
    expect(rankTrend([1, 2, 3, 4, 5], [5, 6, 7, 8, 7], one(5))?.correlation).toBeCloseTo(
      0.8207826816681233,
      12,
    );
    expect(rankTrend([1, 2, 3], [30, 20, 10], one(3))?.correlation).toBeCloseTo(-1, 12);
  });

  it("has the variance of the permutation distribution", () => {
    const x = [0, 0, 1, 1, 1];
    const y = [3, 1, 4, 1, 5];
    const products = permutations(y).map((order) => pairing(x, order));
    const variance = products.reduce((sum, value) => sum + value ** 2, 0) / products.length;
    const z = Math.abs(pairing(x, y)) / Math.sqrt(variance);
    // Twice the upper tail of the normal distribution at z.
    expect(rankTrend(x, y, one(5))?.p).toBeCloseTo(2 * upperTail(z), 6);
  });

  it("ignores differences between strata", () => {
    const x = [0, 0, 1, 1];
    const y = [1, 2, 11, 12];
    expect(rankTrend(x, y, one(4))?.correlation).toBeGreaterThan(0.8);
    expect(rankTrend(x, y, ["a", "a", "b", "b"])).toBeNull();
    expect(rankTrend([1, 2, 1, 2], [1, 2, 12, 11], ["a", "a", "b", "b"])?.correlation).toBeCloseTo(0, 12);
  });

  it("is null where nothing varies, and refuses columns of different length", () => {
    expect(rankTrend([1, 1, 1], [1, 2, 3], one(3))).toBeNull();
    expect(rankTrend([], [], [])).toBeNull();
    expect(() => rankTrend([1], [1, 2], ["a"])).toThrow(RangeError);
  });
});

function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const same = values.filter((other) => other === value).length;
    return below + (same + 1) / 2 - (values.length + 1) / 2;
  });
}

function pairing(x: readonly number[], y: readonly number[]): number {
  const [a, b] = [ranks(x), ranks(y)];
  return a.reduce((sum, rank, at) => sum + rank * (b[at] ?? 0), 0);
}

function permutations(values: readonly number[]): number[][] {
  if (values.length <= 1) return [[...values]];
  return values.flatMap((value, at) =>
    permutations([...values.slice(0, at), ...values.slice(at + 1)]).map((rest) => [value, ...rest]),
  );
}

/** Upper tail of the standard normal distribution, by Simpson's rule. */
function upperTail(z: number): number {
  const steps = 2000;
  const width = (10 - z) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp(-((z + i * width) ** 2) / 2);
  }
  return (sum * width) / 3 / Math.sqrt(2 * Math.PI);
}

describe("krippendorffInterval", () => {
  const units = Array.from({ length: 60 }, (_, at) =>
    at % 3 === 0 ? { first: 1, second: 1 } : at % 2 === 0 ? { first: 2, second: 0 } : { first: 0, second: 2 },
  );

  it("contains the estimate, is the same for the same seed and narrows with more units", () => {
    const alpha = krippendorffAlpha(
      units.map(({ first, second }) => [...Array(first).fill(1), ...Array(second).fill(0)]),
    );
    const interval = krippendorffInterval(units, "seed");
    expect(interval?.low).toBeLessThan(alpha ?? 0);
    expect(interval?.high).toBeGreaterThan(alpha ?? 1);
    expect(krippendorffInterval(units, "seed")).toEqual(interval);
    const more = krippendorffInterval([...units, ...units, ...units, ...units], "seed");
    const width = (one: typeof interval): number => (one?.high ?? 9) - (one?.low ?? 0);
    expect(width(more) / width(interval)).toBeGreaterThan(0.35);
    expect(width(more) / width(interval)).toBeLessThan(0.7);
  });

  it("is null with fewer than two rated units, or when all votes are equal", () => {
    expect(
      krippendorffInterval(
        [
          { first: 1, second: 0 },
          { first: 1, second: 1 },
        ],
        "seed",
      ),
    ).toBeNull();
    expect(
      krippendorffInterval(
        [
          { first: 2, second: 0 },
          { first: 3, second: 0 },
        ],
        "seed",
      ),
    ).toBeNull();
  });
});

describe("mcnemarTwoSided", () => {
  it("is twice the smaller tail and at most 1", () => {
    expect(mcnemarTwoSided(0, 0)).toBe(1);
    expect(mcnemarTwoSided(3, 3)).toBe(1);
    expect(mcnemarTwoSided(1, 9)).toBeCloseTo((2 * 11) / 1024, 12);
    expect(mcnemarTwoSided(9, 1)).toBe(mcnemarTwoSided(1, 9));
    expect(mcnemarTwoSided(0, 8)).toBe(2 * mcnemarOneSided(0, 8));
  });
});

describe("effectiveClusterSize", () => {
  it("is the number of clusters when trials agree, and the size that wilsonNeff uses", () => {
    const alike = { count: [5, 5, 5, 5], sum: [5, 5, 5, 0] };
    expect(effectiveClusterSize(alike)).toEqual({ mean: 0.75, size: 4 });
    expect(effectiveClusterSize({ count: [3], sum: [2] })).toMatchObject({ size: 1 });
    const mixed = { count: [10, 10, 10], sum: [6, 5, 7] };
    const { mean, size } = effectiveClusterSize(mixed);
    expect(size).toBeGreaterThan(3);
    expect(wilsonInterval(mean, size, 4.302652729696142)).toEqual({
      low: expect.closeTo(wilsonNeff(mixed).low, 9),
      high: expect.closeTo(wilsonNeff(mixed).high, 9),
    });
  });
});
