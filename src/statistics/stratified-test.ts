import { normalCdf } from "./normal-distribution.ts";
import { numberAt } from "./number-at.ts";
import { type CheckedStrata, checkedStrata, type Strata } from "./strata-columns.ts";
import { exactStratifiedTest, exactTestWork } from "./stratified-exact-test.ts";
import { cmhMoments, macroZ } from "./stratified-z-test.ts";

/**
 * Maximum number of multiplications for an exact result, about a tenth of a second (see `exactTestWork`). Above this
 * limit the normal approximation is used; with that much data, both results agree to 1e-4.
 */
export const EXACT_TEST_WORK_LIMIT = 1e8;

/**
 * Largest ratio between the numbers of candidate trials of two strata at which the total of successes still
 * represents the mean over strata. Above this ratio, a z test gives each stratum the same weight.
 */
export const EXACT_TEST_SIZE_RATIO = 2;

/** One-sided p-values and the method used. */
export type StratifiedTestResult = {
  /** For a drop: small when the candidate has too few successes. In [0, 1]. */
  readonly p: number;
  /** For a rise: small when the candidate has too many successes. In [0, 1]. */
  readonly pRise: number;
  readonly method: "exact" | "z";
  /**
   * The reason for the method. The method is exact unless the sizes of the strata differ too much, or the work is
   * above the limit.
   */
  readonly because: "affordable" | "too-much-work" | "unequal-sizes";
};

/**
 * Tests whether two sides are exchangeable within strata, exactly where that is fast enough.
 *
 * 1,000 strata with 10 trials on each side take about a millisecond, 50,000 strata of equal size about 20. Only a
 * total with a very wide distribution, over strata that all differ in size, exceeds the limit.
 *
 * @param strata counts of both sides, as objects or as columns
 * @param options midP: whether to use mid-p values, default true; plain p-values never reject too often, but detect
 * less; workLimit: see EXACT_TEST_WORK_LIMIT
 * @throws {RangeError} if counts cannot belong together
 */
export function stratifiedTest(
  strata: Strata,
  options: { readonly midP?: boolean; readonly workLimit?: number } = {},
): StratifiedTestResult {
  const { midP = true, workLimit = EXACT_TEST_WORK_LIMIT } = options;
  const columns = checkedStrata(strata);
  if (sizeRatio(columns) > EXACT_TEST_SIZE_RATIO) {
    const z = macroZ(columns);
    return { p: normalCdf(z), pRise: normalCdf(-z), method: "z", because: "unequal-sizes" };
  }
  if (exactTestWork(columns) > workLimit) {
    return { ...approximate(columns, midP), method: "z", because: "too-much-work" };
  }
  const exact = exactStratifiedTest(columns);
  return {
    p: midP ? exact.dropMidP : exact.drop,
    pRise: midP ? exact.riseMidP : exact.rise,
    method: "exact",
    because: "affordable",
  };
}

/** A continuity correction of half a success approximates the plain p-value; none is used for the mid-p value. */
function approximate(strata: CheckedStrata, midP: boolean): { p: number; pRise: number } {
  const { excess, variance } = cmhMoments(strata);
  if (variance === 0) return midP ? { p: 0.5, pRise: 0.5 } : { p: 1, pRise: 1 };
  const correction = midP ? 0 : 0.5;
  const deviation = Math.sqrt(variance);
  return {
    p: normalCdf((excess + correction) / deviation),
    pRise: normalCdf((correction - excess) / deviation),
  };
}

function sizeRatio({ size, m, k }: CheckedStrata): number {
  let least = Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < size; i++) {
    const candidate = numberAt(k, i);
    if (candidate === 0 || m[i] === 0) continue;
    least = Math.min(least, candidate);
    largest = Math.max(largest, candidate);
  }
  return largest === 0 ? 1 : largest / least;
}
