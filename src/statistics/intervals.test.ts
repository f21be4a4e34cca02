import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clopperPearson, jeffreys } from "./binomial-intervals.ts";
import { bcaBootstrap, bcaExhaustive, bcaInterval } from "./bootstrap-bca.ts";
import {
  clusterMean,
  clusterMeanOfValues,
  groupedClusterMean,
  intraClusterCorrelation,
  meanWithinVariance,
  sumClusters,
} from "./cluster-mean.ts";
import { type Interval, intervalAround } from "./interval.ts";
import { intervalVerdict } from "./interval-verdict.ts";
import { normalCdf, normalQuantile } from "./normal-distribution.ts";
import { flipRate, passAtK, passAtKMacro, passHatK, passHatKDiff, passHatKMacro } from "./pass-k.ts";
import { quantile7, quantileCiRanks } from "./quantile.ts";
import { varianceFromSums } from "./sample-moments.ts";
import { seededRandom } from "./seeded-random.ts";
import { studentTQuantile } from "./student-t-distribution.ts";
import { wilsonInterval, wilsonNeff, wilsonNeffOfValues, wilsonShare } from "./wilson-interval.ts";

const seeded = { seed: 20260103, numRuns: 200 };
const counts = fc
  .integer({ min: 1, max: 400 })
  .chain((size) => fc.record({ size: fc.constant(size), successes: fc.integer({ min: 0, max: size }) }));
const score = fc.double({ min: 0, max: 1, noNaN: true });
const clustersOf = (value: fc.Arbitrary<number>, least = 2) =>
  fc.array(fc.array(value, { minLength: 1, maxLength: 6 }), { minLength: least, maxLength: 30 });
const width = ({ low, high }: Interval) => high - low;

const binomialIntervals: Record<string, (successes: number, size: number) => Interval> = {
  Wilson: (successes, size) => wilsonInterval(successes / size, size, 1.959963984540054),
  "Clopper–Pearson": (successes, size) => clopperPearson(successes, size),
  Jeffreys: (successes, size) => jeffreys(successes, size),
};

describe.each(Object.entries(binomialIntervals))("%s interval", (name, interval) => {
  it("lies in [0, 1] and contains the rate", () => {
    fc.assert(
      fc.property(counts, ({ successes, size }) => {
        const { low, high } = interval(successes, size);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        // Jeffreys' plain quantiles stay off 0 and 1 by design.
        if (name === "Jeffreys" && (successes === 0 || successes === size)) return;
        expect(low).toBeLessThanOrEqual(successes / size);
        expect(high).toBeGreaterThanOrEqual(successes / size);
      }),
      seeded,
    );
  });

  it("narrows when the same rate comes from more draws", () => {
    fc.assert(
      fc.property(counts, ({ successes, size }) => {
        expect(width(interval(4 * successes, 4 * size))).toBeLessThan(width(interval(successes, size)));
      }),
      seeded,
    );
  });

  it("is mirrored when successes and failures are swapped", () => {
    fc.assert(
      fc.property(counts, ({ successes, size }) => {
        const one = interval(successes, size);
        const other = interval(size - successes, size);
        expect(other.low).toBeCloseTo(1 - one.high, 10);
        expect(other.high).toBeCloseTo(1 - one.low, 10);
      }),
      seeded,
    );
  });
});

describe("Clopper–Pearson interval", () => {
  it("has the closed form when nothing succeeded", () => {
    expect(clopperPearson(0, 30, 0.9).high).toBeCloseTo(1 - 0.05 ** (1 / 30), 12);
    expect(clopperPearson(0, 30).low).toBe(0);
    expect(clopperPearson(30, 30).high).toBe(1);
  });

  it("refuses counts that cannot belong together", () => {
    expect(() => clopperPearson(3, 2)).toThrow(RangeError);
    expect(() => jeffreys(-1, 2)).toThrow(RangeError);
    expect(() => clopperPearson(1, 2, 1)).toThrow(RangeError);
    expect(() => wilsonInterval(1.1, 2, 2)).toThrow(RangeError);
    expect(() => wilsonInterval(0.5, 0, 2)).toThrow(RangeError);
  });
});

describe("wilsonNeff", () => {
  it("lies in [0, 1] and contains the macro mean", () => {
    fc.assert(
      fc.property(clustersOf(score), (clusters) => {
        const { low, high } = wilsonNeffOfValues(clusters);
        const { mean } = clusterMeanOfValues(clusters);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(mean + 1e-12);
        expect(high).toBeGreaterThanOrEqual(mean - 1e-12);
      }),
      seeded,
    );
  });

  it("gives the same for sums as for raw values", () => {
    fc.assert(
      fc.property(clustersOf(score), (clusters) => {
        const count = Int32Array.from(clusters, (values) => values.length);
        const sum = Float64Array.from(clusters, (values) => values.reduce((a, b) => a + b, 0));
        expect(wilsonNeff({ count, sum })).toEqual(wilsonNeffOfValues(clusters));
        expect(clusterMean({ count, sum })).toEqual(clusterMeanOfValues(clusters));
      }),
      seeded,
    );
  });

  it("narrows when every cluster occurs four times", () => {
    fc.assert(
      fc.property(clustersOf(fc.constantFrom(0, 1)), (clusters) => {
        const fourfold = [clusters, clusters, clusters, clusters].flat();
        expect(width(wilsonNeffOfValues(fourfold))).toBeLessThan(width(wilsonNeffOfValues(clusters)));
      }),
      seeded,
    );
  });

  it("does not count repeats that always agree as more evidence", () => {
    const once = [[1], [0], [1], [1], [0], [1], [1], [1]];
    const often = once.map(([value = 0]) => [value, value, value, value]);
    expect(width(wilsonNeffOfValues(often))).toBeCloseTo(width(wilsonNeffOfValues(once)), 12);
  });

  it("uses the number of clusters when their means differ only by rounding", () => {
    const t = studentTQuantile(0.975, 9);
    const alike = Array.from({ length: 10 }, () => [1, 1, 0]);
    expect(wilsonNeffOfValues(alike)).toEqual(wilsonInterval(2 / 3, 10, t));
    const graded = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? [0.2, 0.4] : [0.1, 0.5]));
    expect(width(wilsonNeffOfValues(graded))).toBeCloseTo(width(wilsonInterval(0.3, 10, t)), 12);
  });

  it("is the Wilson interval of the clusters, with t, when each has one 0/1 value", () => {
    const clusters = [1, 1, 0, 1, 0, 1, 1, 1].map((value) => [value]);
    expect(wilsonNeffOfValues(clusters)).toEqual(wilsonInterval(0.75, 8, studentTQuantile(0.975, 7)));
  });

  it("is [0, 1] for a single cluster", () => {
    expect(wilsonNeffOfValues([[1, 1, 0]])).toEqual({ low: 0, high: 1 });
    expect(clusterMeanOfValues([[1, 1, 0]]).standardError).toBe(Number.POSITIVE_INFINITY);
  });

  it("refuses empty clusters and means outside [0, 1]", () => {
    expect(() => wilsonNeffOfValues([])).toThrow(RangeError);
    expect(() => wilsonNeffOfValues([[1], []])).toThrow(RangeError);
    expect(() => wilsonNeffOfValues([[2], [3]])).toThrow(RangeError);
  });
});

describe("cluster means", () => {
  it("have the plain standard error when every cluster is its own group", () => {
    fc.assert(
      fc.property(clustersOf(score), (clusters) => {
        const sums = sumClusters(clusters);
        const groups = clusters.map((_, i) => i);
        expect(groupedClusterMean(sums, groups).standardError).toBeCloseTo(
          clusterMean(sums).standardError,
          10,
        );
      }),
      seeded,
    );
  });

  it("have a larger error when the clusters of a group go together", () => {
    const sums = sumClusters([[1], [1], [1], [0], [0], [0], [1], [1]]);
    const grouped = groupedClusterMean(sums, ["a", "a", "a", "b", "b", "b", "c", "c"]);
    expect(grouped.standardError).toBeGreaterThan(clusterMean(sums).standardError);
  });

  it("measure how much the values of a cluster agree", () => {
    expect(
      intraClusterCorrelation(
        sumClusters([
          [1, 1],
          [0, 0],
          [1, 1],
        ]),
      ),
    ).toBe(1);
    expect(intraClusterCorrelation(sumClusters([[1], [0]]))).toBeNull();
    expect(meanWithinVariance(sumClusters([[0, 1], [1, 1], [0]]))).toBeCloseTo(0.25, 15);
  });

  it("have no variance for equal values, despite rounding", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.integer({ min: 2, max: 50 }),
        (value, count) => {
          const { sum, sumOfSquares } = sumClusters([new Array<number>(count).fill(value)]);
          expect(varianceFromSums(count, sum[0] ?? 0, sumOfSquares[0] ?? 0)).toBe(0);
        },
      ),
      seeded,
    );
  });
});

describe("quantiles", () => {
  it("lie within the values and rise with q", () => {
    const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, score, score, (x, one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        expect(quantile7(x, low)).toBeGreaterThanOrEqual(Math.min(...x));
        expect(quantile7(x, high)).toBeLessThanOrEqual(Math.max(...x));
        expect(quantile7(x, low)).toBeLessThanOrEqual(quantile7(x, high) + 1e-9);
      }),
      seeded,
    );
  });

  it("have an upper 95 % end from 72 values on for p95 and from 368 for p99", () => {
    expect(quantileCiRanks(71, 0.95).high).toBeNull();
    expect(quantileCiRanks(72, 0.95).high).toBe(72);
    expect(quantileCiRanks(367, 0.99).high).toBeNull();
    expect(quantileCiRanks(368, 0.99).high).toBe(368);
  });

  it("may be bounded by a single value", () => {
    expect(quantileCiRanks(1, 0.01)).toEqual({ low: null, high: 1 });
    expect(quantileCiRanks(1, 0.99)).toEqual({ low: 1, high: null });
  });

  it("have ranks in order, also for samples where (1 - q)^n underflows", () => {
    const { low, high } = quantileCiRanks(5000, 0.5);
    expect(low).toBeLessThan(2500);
    expect(high).toBeGreaterThan(2500);
    expect((high ?? 0) - (low ?? 0)).toBeGreaterThan(130);
    expect((high ?? 0) - (low ?? 0)).toBeLessThan(145);
  });
});

describe("bootstrap intervals", () => {
  const values = [0.2, 0.9, 0.4, 0.7, 1, 0.8, 0.3, 0.95, 0.6, 0.5];

  it("repeat with the seed and change with it", () => {
    expect(bcaBootstrap(values, { seed: "a" })).toEqual(bcaBootstrap(values, { seed: "a" }));
    expect(bcaBootstrap(values, { seed: "a" })).not.toEqual(bcaBootstrap(values, { seed: "b" }));
  });

  it("come near the exhaustive interval", () => {
    const few = values.slice(0, 6);
    const exhaustive = bcaExhaustive(few);
    const sampled = bcaBootstrap(few, { seed: "near", resamples: 20_000 });
    expect(Math.abs(sampled.low - exhaustive.low)).toBeLessThan(0.02);
    expect(Math.abs(sampled.high - exhaustive.high)).toBeLessThan(0.02);
  });

  it("contain the estimate and take any statistic", () => {
    const { low, high } = bcaBootstrap(values, { seed: "median", statistic: (x) => quantile7(x, 0.5) });
    expect(low).toBeLessThanOrEqual(0.65);
    expect(high).toBeGreaterThanOrEqual(0.65);
  });

  it("are shifted by the skew of the jackknife values", () => {
    const replicates = Array.from({ length: 1001 }, (_, i) => i / 1000);
    // Offsets from the mean are 1/4 three times and -3/4: squares sum to 3/4, cubes to -3/8.
    const acceleration = -0.375 / (6 * 0.75 ** 1.5);
    const place = (z: number) => normalCdf(z / (1 - acceleration * z));
    const { low, high } = bcaInterval({ estimate: 0.5, replicates, jackknife: [0, 0, 0, 1] }, 0.9);
    expect(low).toBeCloseTo(place(normalQuantile(0.05)), 12);
    expect(high).toBeCloseTo(place(normalQuantile(0.95)), 12);
  });

  it("are a point when nothing varies, and reject too many values for all resamples", () => {
    const still = { estimate: 2, replicates: [2, 2, 2], jackknife: [2, 2] };
    expect(bcaInterval(still)).toEqual({ low: 2, high: 2 });
    expect(() => bcaExhaustive(new Array<number>(8).fill(1))).toThrow(RangeError);
  });
});

describe("pass^k and pass@k", () => {
  it("are complements: all of k succeed, or at least one of k fails", () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 400 }), ({ size, successes }, k) => {
        if (k > size) return;
        expect(passAtK(size, successes, k)).toBeCloseTo(1 - passHatK(size, size - successes, k), 12);
        expect(passHatK(size, successes, k)).toBeLessThanOrEqual(successes / size + 1e-12);
        expect(passAtK(size, successes, k)).toBeGreaterThanOrEqual(successes / size - 1e-12);
      }),
      seeded,
    );
  });

  it("are both the success rate at k = 1", () => {
    expect(passHatK(7, 3, 1)).toBeCloseTo(3 / 7, 15);
    expect(passAtK(7, 3, 1)).toBeCloseTo(3 / 7, 15);
    expect(
      passAtKMacro(
        [
          { trials: 2, successes: 1 },
          { trials: 4, successes: 4 },
        ],
        1,
      ),
    ).toBeCloseTo(0.75, 15);
  });

  it("match the flip rate: two trials both succeed, both fail, or differ", () => {
    fc.assert(
      fc.property(counts, ({ size, successes }) => {
        if (size < 2) return;
        const agree = passHatK(size, successes, 2) + passHatK(size, size - successes, 2);
        expect(flipRate(size, successes)).toBeCloseTo(1 - agree, 12);
      }),
      seeded,
    );
  });

  it("have at k = 1 the difference of the mean rates and its permutation variance", () => {
    const { diff, permutationVariance } = passHatKDiff({ m: 6, b: 5, k: 4, x: 2 }, 1);
    expect(diff).toBeCloseTo(2 / 4 - 5 / 6, 15);
    // s(N - s) / (k m (N - 1)), with s successes among all N trials.
    expect(permutationVariance).toBeCloseTo((7 * 3) / (4 * 6 * 9), 14);
  });

  it("refuse k above the trials", () => {
    expect(() => passHatK(3, 3, 4)).toThrow(RangeError);
    expect(() => passHatKMacro([], 1)).toThrow(RangeError);
    expect(() => flipRate(1, 1)).toThrow(RangeError);
  });
});

describe("intervalAround", () => {
  it("reaches the given number of standard errors to each side, and is infinite if the error is unknown", () => {
    expect(intervalAround(-0.25, 0.125, 2)).toEqual({ low: -0.5, high: 0 });
    expect(intervalAround(0, Number.POSITIVE_INFINITY, 2).low).toBe(Number.NEGATIVE_INFINITY);
    expect(intervalAround(0.1, 0, Number.POSITIVE_INFINITY)).toEqual({ low: 0.1, high: 0.1 });
    expect(() => intervalAround(0, -1, 2)).toThrow(RangeError);
  });
});

describe("intervalVerdict", () => {
  it("improves or stays as the interval moves up", () => {
    const rank = { regressed: 0, inconclusive: 1, small_drop: 1, no_regression: 2, improved: 3 } as const;
    const place = fc.double({ min: -0.2, max: 0.2, noNaN: true });
    const size = fc.double({ min: 0, max: 0.1, noNaN: true });
    fc.assert(
      fc.property(place, size, size, (low, half, shift) => {
        const before = intervalVerdict({ low, high: low + half }, 0.03);
        const after = intervalVerdict({ low: low + shift, high: low + half + shift }, 0.03);
        expect(rank[after]).toBeGreaterThanOrEqual(rank[before]);
      }),
      seeded,
    );
  });

  it("does not exclude a value that the interval touches", () => {
    expect(intervalVerdict({ low: -0.05, high: 0 }, 0.03)).toBe("inconclusive");
    expect(intervalVerdict({ low: 0, high: 0.1 }, 0.03)).toBe("no_regression");
    expect(intervalVerdict({ low: -0.03, high: -0.01 }, 0.03)).toBe("regressed");
    expect(() => intervalVerdict({ low: 1, high: 0 }, 0.03)).toThrow(RangeError);
    expect(() => intervalVerdict({ low: 0, high: 1 }, -0.1)).toThrow(RangeError);
  });
});

describe("wilsonShare", () => {
  const bits = clustersOf(fc.constantFrom(0, 1));
  const sumsOf = (clusters: readonly (readonly number[])[]) => ({
    count: clusters.map((values) => values.length),
    sum: clusters.map((values) => values.reduce((a, b) => a + b, 0)),
  });

  it("lies in [0, 1] around the share of all values", () => {
    fc.assert(
      fc.property(bits, (clusters) => {
        const { value, low, high } = wilsonShare(sumsOf(clusters));
        const all = clusters.flat();
        expect(value).toBeCloseTo(all.reduce((a, b) => a + b, 0) / all.length, 12);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
      }),
      seeded,
    );
  });

  it("is the interval of the macro mean where all clusters are of one size", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1), fc.constantFrom(0, 1)), {
          minLength: 2,
        }),
        (clusters) => {
          const { value, low, high } = wilsonShare(sumsOf(clusters));
          const other = wilsonNeff(sumsOf(clusters));
          expect(value).toBeCloseTo(clusterMean(sumsOf(clusters)).mean, 10);
          expect(low).toBeCloseTo(other.low, 9);
          expect(high).toBeCloseTo(other.high, 9);
        },
      ),
      seeded,
    );
  });

  it("covers the true share of clusters of unequal size about as often as it claims", () => {
    const random = seededRandom("flips");
    const covered = (rate: number): number => {
      let hits = 0;
      for (let draw = 0; draw < 600; draw++) {
        const clusters = Array.from({ length: 40 }, () => {
          // Half of the clusters lean each way, and those that lean towards 1 are smaller.
          const leans = random() < 0.5 ? 1 : -1;
          const chance = rate * (1 + 0.8 * leans);
          return Array.from({ length: leans > 0 ? 2 : 4 }, () => (random() < chance ? 1 : 0));
        });
        const { low, high } = wilsonShare(sumsOf(clusters));
        const share = (2 * rate * 1.8 + 4 * rate * 0.2) / 6;
        if (low <= share && share <= high) hits++;
      }
      return hits / 600;
    };
    for (const rate of [0.05, 0.2, 0.4]) expect(covered(rate)).toBeGreaterThan(0.92);
  });

  it("is [0, 1] for a single cluster, and rejects sums above their counts", () => {
    expect(wilsonShare({ count: [3], sum: [2] })).toEqual({ value: 2 / 3, low: 0, high: 1 });
    expect(() => wilsonShare({ count: [3, 1], sum: [2, 2] })).toThrow(RangeError);
  });
});
