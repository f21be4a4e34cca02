import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusterDifference, clusterDifferenceOfValues, permutationZ } from "./cluster-difference.ts";
import { sumClusters } from "./cluster-mean.ts";
import { benjaminiHochberg, holm } from "./multiple-comparisons.ts";
import { nonInferiorityStandardError, nonInferiorityZ } from "./non-inferiority.ts";
import { normalCdf } from "./normal-distribution.ts";
import { mcnemarOneSided, pairedT, signFlipExact } from "./paired-tests.ts";
import { clustersNeeded, differenceVariance, minimumDetectableEffect, powerToDetect } from "./power.ts";
import { mean, sampleVariance } from "./sample-moments.ts";
import { macroZ } from "./stratified-z-test.ts";

const seeded = { seed: 20260104, numRuns: 200 };
const score = fc.double({ min: 0, max: 1, noNaN: true });
const valuesOf = (value: fc.Arbitrary<number>) => fc.array(value, { minLength: 1, maxLength: 6 });
const armsOf = (value: fc.Arbitrary<number>) =>
  fc.array(fc.record({ base: valuesOf(value), candidate: valuesOf(value) }), { minLength: 2, maxLength: 25 });

describe("clusterDifference", () => {
  it("computes from sums what the definition gives for raw values", () => {
    fc.assert(
      fc.property(armsOf(score), (clusters) => {
        const found = clusterDifference({
          base: sumClusters(clusters.map(({ base }) => base)),
          candidate: sumClusters(clusters.map(({ candidate }) => candidate)),
        });
        const differences = clusters.map(({ base, candidate }) => mean(candidate) - mean(base));
        const variance = clusters.reduce(
          (sum, { base, candidate }) =>
            sum + sampleVariance([...base, ...candidate]) * (1 / base.length + 1 / candidate.length),
          0,
        );
        expect(found.theta).toBeCloseTo(mean(differences), 10);
        expect(found.sePermutation).toBeCloseTo(Math.sqrt(variance) / clusters.length, 7);
        expect(found.seBetween).toBeCloseTo(Math.sqrt(sampleVariance(differences) / clusters.length), 7);
        expect(found).toEqual(clusterDifferenceOfValues(clusters));
      }),
      seeded,
    );
  });

  it("changes sign and nothing else when the sides are swapped", () => {
    fc.assert(
      fc.property(armsOf(score), (clusters) => {
        const one = clusterDifferenceOfValues(clusters);
        const swapped = clusters.map(({ base, candidate }) => ({ base: candidate, candidate: base }));
        const other = clusterDifferenceOfValues(swapped);
        expect(other.theta).toBeCloseTo(-one.theta, 12);
        expect(other.sePermutation).toBeCloseTo(one.sePermutation, 12);
        expect(other.seBetween).toBeCloseTo(one.seBetween, 12);
        expect(permutationZ(other).p).toBeCloseTo(permutationZ(one).pRise, 9);
      }),
      seeded,
    );
  });

  it("gives for 0/1 values the z of the stratified test", () => {
    fc.assert(
      fc.property(armsOf(fc.constantFrom(0, 1)), (clusters) => {
        const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
        const strata = clusters.map(({ base, candidate }) => ({
          m: base.length,
          b: total(base),
          k: candidate.length,
          x: total(candidate),
        }));
        expect(permutationZ(clusterDifferenceOfValues(clusters)).z).toBeCloseTo(macroZ(strata), 9);
      }),
      seeded,
    );
  });

  it("has the exact variance over all rearrangements within clusters", () => {
    const clusters = [
      { base: [0.1, 0.9, 0.4], candidate: [0.5, 0.2] },
      { base: [1, 0.7], candidate: [0.3, 0.35] },
    ];
    const perCluster = clusters.map(({ base, candidate }) =>
      splits([...base, ...candidate], candidate.length),
    );
    const thetas = (perCluster[0] ?? []).flatMap((one) =>
      (perCluster[1] ?? []).map((other) => (one + other) / 2),
    );
    const variance = thetas.reduce((sum, theta) => sum + theta * theta, 0) / thetas.length;
    expect(mean(thetas)).toBeCloseTo(0, 14);
    expect(clusterDifferenceOfValues(clusters).sePermutation).toBeCloseTo(Math.sqrt(variance), 12);
  });

  it("sees no difference where all values are equal", () => {
    const clusters = [{ base: [0.1, 0.1, 0.1], candidate: [0.1, 0.1] }];
    const found = clusterDifferenceOfValues(clusters);
    expect(found).toMatchObject({ theta: 0, sePermutation: 0, seBetween: Number.POSITIVE_INFINITY });
    expect(permutationZ(found)).toEqual({ z: 0, p: 0.5, pRise: 0.5 });
  });

  it("refuses empty sides and columns of different length", () => {
    expect(() => clusterDifferenceOfValues([])).toThrow(RangeError);
    expect(() => clusterDifferenceOfValues([{ base: [], candidate: [1] }])).toThrow(RangeError);
    const base = sumClusters([[1], [0]]);
    expect(() => clusterDifference({ base, candidate: sumClusters([[1]]) })).toThrow(RangeError);
  });
});

/** Difference of means for every way to choose `size` of the values as the candidate's. */
function splits(values: readonly number[], size: number): number[] {
  const found: number[] = [];
  for (let mask = 0; mask < 2 ** values.length; mask++) {
    const chosen = values.filter((_, i) => (mask >> i) & 1);
    if (chosen.length === size) {
      found.push(mean(chosen) - mean(values.filter((_, i) => !((mask >> i) & 1))));
    }
  }
  return found;
}

describe("non-inferiority", () => {
  const perfect = Array.from({ length: 50 }, () => ({ base: [1, 1, 1], candidate: [1] }));

  it("proves nothing from one perfect trial at each of 50 clusters", () => {
    const difference = clusterDifferenceOfValues(perfect);
    expect(nonInferiorityStandardError(difference, 0.03)).toBeCloseTo(Math.sqrt((0.03 * 0.97) / 50), 14);
    expect(nonInferiorityZ(difference, 0.03)).toBeLessThan(1.645);
  });

  it("never proves anything from a single cluster", () => {
    expect(nonInferiorityZ(clusterDifferenceOfValues(perfect.slice(0, 1)), 0.03)).toBe(0);
  });

  it("is larger for a larger tolerated drop when the candidate is not better", () => {
    fc.assert(
      fc.property(armsOf(score), (clusters) => {
        const difference = clusterDifferenceOfValues(clusters);
        if (difference.theta > 0) return;
        expect(nonInferiorityZ(difference, 0.04)).toBeGreaterThan(nonInferiorityZ(difference, 0.02));
      }),
      seeded,
    );
  });

  it("rejects a tolerated drop of 0 or 1", () => {
    const difference = clusterDifferenceOfValues(perfect);
    expect(() => nonInferiorityZ(difference, 0)).toThrow(RangeError);
    expect(() => nonInferiorityZ(difference, 1)).toThrow(RangeError);
  });
});

describe("paired tests", () => {
  it("sign-flip p-values are conservative: over all signings P(p <= alpha) <= alpha", () => {
    const sizes = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(sizes, fc.constantFrom(0.05, 0.1, 0.3), (magnitudes, alpha) => {
        const signings = Array.from({ length: 2 ** magnitudes.length }, (_, mask) =>
          magnitudes.map((size, i) => ((mask >> i) & 1 ? size : -size)),
        );
        const rejected = signings.filter((differences) => signFlipExact(differences) <= alpha).length;
        expect(rejected / signings.length).toBeLessThanOrEqual(alpha);
      }),
      { ...seeded, numRuns: 40 },
    );
  });

  it("sign-flip is McNemar's test on pairs that changed by one", () => {
    expect(signFlipExact([1, -1, -1, -1, -1, 1, -1])).toBeCloseTo(mcnemarOneSided(2, 5), 14);
  });

  it("paired t has p-values that add up to 1 when the differences change sign", () => {
    const differences = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
      minLength: 2,
      maxLength: 20,
    });
    fc.assert(
      fc.property(differences, (values) => {
        const one = pairedT(values);
        const other = pairedT(values.map((value) => -value));
        expect(one.p + other.p).toBeGreaterThan(1 - 1e-9);
        if (Number.isFinite(one.t) && one.t !== 0) expect(one.p + other.p).toBeCloseTo(1, 9);
      }),
      seeded,
    );
  });

  it("paired t is certain when all differences are equal", () => {
    expect(pairedT([-0.5, -0.5])).toEqual({ t: Number.NEGATIVE_INFINITY, p: 0 });
    expect(pairedT([0.5, 0.5])).toEqual({ t: Number.POSITIVE_INFINITY, p: 1 });
    expect(pairedT([0, 0])).toEqual({ t: 0, p: 0.5 });
  });

  it("reject too few or too many values", () => {
    expect(() => pairedT([1])).toThrow(RangeError);
    expect(() => signFlipExact([])).toThrow(RangeError);
    expect(() => signFlipExact(new Array<number>(23).fill(1))).toThrow(RangeError);
    expect(mcnemarOneSided(0, 0)).toBe(1);
  });
});

describe("multiple comparisons", () => {
  const pValues = fc.array(score, { minLength: 1, maxLength: 15 });

  it("never lower a p-value, never exceed 1, and Holm is stricter", () => {
    fc.assert(
      fc.property(pValues, (p) => {
        const strict = holm(p);
        const lenient = benjaminiHochberg(p);
        p.forEach((value, i) => {
          expect(lenient[i]).toBeGreaterThanOrEqual(value - 1e-15);
          expect(strict[i]).toBeGreaterThanOrEqual((lenient[i] ?? 0) - 1e-12);
          expect(strict[i]).toBeLessThanOrEqual(1);
        });
      }),
      seeded,
    );
  });

  it("keep the order of the p-values", () => {
    fc.assert(
      fc.property(pValues, (p) => {
        for (const adjusted of [holm(p), benjaminiHochberg(p)]) {
          const byP = p.map((value, i) => [value, adjusted[i] ?? 0] as const).sort((a, b) => a[0] - b[0]);
          byP.reduce((before, [, value]) => {
            expect(value).toBeGreaterThanOrEqual(before);
            return value;
          }, 0);
        }
      }),
      seeded,
    );
  });

  it("reject a p-value outside [0, 1]", () => {
    expect(() => holm([0.1, 1.2])).toThrow(RangeError);
    expect(benjaminiHochberg([])).toEqual([]);
  });
});

describe("power", () => {
  const variance = differenceVariance({ rate: 0.8, correlation: 0.5, candidateTrials: 5, baseTrials: 5 });

  it("is what was asked for at the smallest detectable effect", () => {
    const effect = minimumDetectableEffect(120, variance, { power: 0.9 });
    expect(powerToDetect(120, effect, variance)).toBeCloseTo(0.9, 12);
  });

  it("is reached with the clusters said to be needed, and not with one fewer", () => {
    const needed = clustersNeeded(0.03, variance);
    expect(powerToDetect(needed, 0.03, variance)).toBeGreaterThanOrEqual(0.8);
    expect(powerToDetect(needed - 1, 0.03, variance)).toBeLessThan(0.8);
  });

  it("is alpha for a drop of almost nothing and 1 without noise", () => {
    expect(powerToDetect(100, 1e-12, variance, { alpha: 0.1 })).toBeCloseTo(0.1, 9);
    expect(powerToDetect(100, 0.01, 0)).toBe(normalCdf(Number.POSITIVE_INFINITY));
  });

  it("refuses impossible designs", () => {
    expect(() => powerToDetect(0, 0.1, variance)).toThrow(RangeError);
    expect(() => clustersNeeded(0, variance)).toThrow(RangeError);
    expect(() => minimumDetectableEffect(10, -1)).toThrow(RangeError);
    expect(() => differenceVariance({ rate: 2, correlation: 0, candidateTrials: 1, baseTrials: 1 })).toThrow(
      RangeError,
    );
  });
});
