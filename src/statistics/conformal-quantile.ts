import { requireCount, requireLevel } from "./argument-checks.ts";
import { betaQuantile } from "./beta-distribution.ts";
import type { Interval } from "./interval.ts";

/**
 * Split-conformal threshold: the ⌈(n + 1)(1 - alpha)⌉-th smallest score. A new exchangeable score does not exceed the
 * threshold with probability 1 - alpha or more.
 *
 * @param scores calibration scores, in any order and unit; 19 are needed for 95 %, 9 for 90 %
 * @param alpha in (0, 1)
 * @returns in the unit of the scores; Infinity if there are too few scores
 * @throws {RangeError} if `alpha` is outside (0, 1)
 */
export function conformalQuantile(scores: ArrayLike<number>, alpha: number): number {
  requireLevel("alpha", alpha);
  return Float64Array.from(scores).sort()[rankOf(scores.length, alpha) - 1] ?? Number.POSITIVE_INFINITY;
}

function rankOf(size: number, alpha: number): number {
  return Math.ceil((size + 1) * (1 - alpha) - 1e-12);
}

/**
 * Interval of the actual coverage of a {@link conformalQuantile}. Over calibration samples of size n, the coverage has
 * the distribution Beta(r, n + 1 - r) with r = ⌈(n + 1)(1 - alpha)⌉ (Marques F. 2023).
 *
 * @param size number of calibration scores, at least 1
 * @param confidence two-sided, in (0, 1)
 * @returns null where there are too few scores for any threshold
 * @throws {RangeError} if a level is outside (0, 1)
 */
export function conformalCoverage(size: number, alpha: number, confidence = 0.95): Interval | null {
  requireCount("size", size, 1);
  requireLevel("alpha", alpha);
  requireLevel("confidence", confidence);
  const rank = rankOf(size, alpha);
  if (rank > size) return null;
  const tail = (1 - confidence) / 2;
  const at = (p: number): number => betaQuantile(p, rank, size + 1 - rank);
  return { low: at(tail), high: at(1 - tail) };
}
