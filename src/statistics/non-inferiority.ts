import { requireLevel } from "./argument-checks.ts";
import type { ClusterDifference } from "./cluster-difference.ts";

/**
 * Standard error for the claim "the drop is smaller than delta": the largest of the permutation error, the
 * between-cluster error, and √(delta(1 - delta)/(n k̄)), the error that a true drop of delta from a perfect base
 * would have. Without this last term, a first look at which everything passes would have error 0 and prove any claim.
 *
 * @param delta tolerated drop, in (0, 1), of values in [0, 1]
 * @returns in the unit of the values, above 0
 * @throws {RangeError} if `delta` is outside (0, 1)
 */
export function nonInferiorityStandardError(difference: ClusterDifference, delta: number): number {
  requireLevel("delta", delta);
  const { sePermutation, seBetween, clusters, meanCandidateCount } = difference;
  const floor = Math.sqrt((delta * (1 - delta)) / (clusters * meanCandidateCount));
  return Math.max(sePermutation, seBetween, floor);
}

/**
 * z of the claim "the drop is smaller than delta", (theta + delta) / standard error. Large values support the claim:
 * compare z with 1.645 or with the bound of a sequential look.
 *
 * @param delta tolerated drop, in (0, 1), of values in [0, 1]
 * @returns standard errors; 0 for a single cluster, whose variation is unknown
 * @throws {RangeError} if `delta` is outside (0, 1)
 */
export function nonInferiorityZ(difference: ClusterDifference, delta: number): number {
  return (difference.theta + delta) / nonInferiorityStandardError(difference, delta);
}
