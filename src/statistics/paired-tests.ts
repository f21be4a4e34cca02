import { requireCount } from "./argument-checks.ts";
import { binomialCdf } from "./binomial-distribution.ts";
import { numberAt } from "./number-at.ts";
import { mean, sampleVariance } from "./sample-moments.ts";
import { studentTCdf } from "./student-t-distribution.ts";

/** The test statistic and its one-sided p-value. */
export type PairedT = { readonly t: number; readonly p: number };

/**
 * Paired t test of whether the mean would drop on new clusters too, with n - 1 degrees of freedom.
 *
 * @param differences candidate minus base, one per cluster, at least two
 * @returns p is small when the mean difference is below 0; without any variation t is an infinity with the sign of
 * the mean, or 0
 * @throws {RangeError} if there are fewer than two differences
 */
export function pairedT(differences: ArrayLike<number>): PairedT {
  const centre = mean(differences);
  const error = Math.sqrt(sampleVariance(differences) / differences.length);
  const t = error > 0 ? centre / error : centre === 0 ? 0 : Math.sign(centre) * Number.POSITIVE_INFINITY;
  if (!Number.isFinite(t)) return { t, p: t < 0 ? 0 : 1 };
  return { t, p: studentTCdf(t, differences.length - 1) };
}

/** Maximum sample size. For larger samples the 2^n sign patterns would not fit in memory; use {@link pairedT}. */
export const SIGN_FLIP_MAX_SIZE = 22;

/**
 * Exact sign-flip test for a drop: the share of the 2^n sign patterns whose sum is at most the observed one. Sums
 * within 1e-12 count as equal.
 *
 * @param differences candidate minus base, 1 to 22 of them
 * @returns a p-value in (0, 1]
 * @throws {RangeError} if there is no difference or there are more than 22
 */
export function signFlipExact(differences: ArrayLike<number>): number {
  const size = differences.length;
  if (size < 1 || size > SIGN_FLIP_MAX_SIZE) {
    throw new RangeError(`number of differences must be in [1, ${SIGN_FLIP_MAX_SIZE}], not ${size}`);
  }
  const sums = new Float64Array(2 ** size);
  let observed = 0;
  for (let i = 0; i < size; i++) observed += numberAt(differences, i);
  for (let i = 0, filled = 1; i < size; i++, filled *= 2) {
    const difference = numberAt(differences, i);
    for (let j = 0; j < filled; j++) {
      const sum = numberAt(sums, j);
      sums[filled + j] = sum + difference;
      sums[j] = sum - difference;
    }
  }
  let atMost = 0;
  for (let i = 0; i < sums.length; i++) if (numberAt(sums, i) <= observed + 1e-12) atMost += 1;
  return atMost / sums.length;
}

/**
 * Exact McNemar test for a drop: P(Bin(improved + worsened, ½) <= improved).
 *
 * @param improved number of pairs that went from failure to success
 * @param worsened number of pairs that went from success to failure
 * @returns a p-value in (0, 1]; 1 when no pair changed
 * @throws {RangeError} if either number is not a count
 */
export function mcnemarOneSided(improved: number, worsened: number): number {
  requireCount("improved", improved);
  requireCount("worsened", worsened);
  return binomialCdf(improved, improved + worsened, 0.5);
}

/**
 * Exact McNemar test for a change in either direction: twice the smaller one-sided p-value, at most 1.
 *
 * @param improved number of pairs that went from failure to success
 * @param worsened number of pairs that went from success to failure
 * @returns a p-value in (0, 1]; 1 when no pair changed
 * @throws {RangeError} if either number is not a count
 */
export function mcnemarTwoSided(improved: number, worsened: number): number {
  return Math.min(1, 2 * mcnemarOneSided(Math.min(improved, worsened), Math.max(improved, worsened)));
}
