import { requireLevel } from "./argument-checks.ts";

/**
 * Split-conformal threshold: the ⌈(n + 1)(1 - alpha)⌉-th smallest score. A fresh exchangeable score
 * is at most that with chance 1 - alpha or more.
 *
 * @param scores calibration scores, in any order and unit; 19 are needed for 95 %, 9 for 90 %
 * @param alpha in (0, 1)
 * @returns in the unit of the scores; Infinity if there are too few
 * @throws {RangeError} if `alpha` is outside (0, 1)
 */
export function conformalQuantile(scores: ArrayLike<number>, alpha: number): number {
  requireLevel("alpha", alpha);
  const rank = Math.ceil((scores.length + 1) * (1 - alpha) - 1e-12);
  return Float64Array.from(scores).sort()[rank - 1] ?? Number.POSITIVE_INFINITY;
}
