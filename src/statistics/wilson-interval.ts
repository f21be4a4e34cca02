import { requireLevel, requirePositive, requireProportion } from "./argument-checks.ts";
import { type ClusterSums, clusterMean, clusterMeans, sumClusters } from "./cluster-mean.ts";
import type { Interval } from "./interval.ts";
import { numberAt } from "./number-at.ts";
import { studentTQuantile } from "./student-t-distribution.ts";

/**
 * Wilson score interval for a proportion (Wilson 1927).
 *
 * @param proportion observed, in [0, 1]
 * @param size number of observations, above 0; need not be whole (an effective size)
 * @param z quantile, dimensionless, at least 0; 1.96 gives 95 %
 * @returns bounds in [0, 1] that contain `proportion`
 * @throws {RangeError} on arguments outside those ranges
 */
export function wilsonInterval(proportion: number, size: number, z: number): Interval {
  requireProportion("proportion", proportion);
  requirePositive("size", size);
  if (!(z >= 0)) throw new RangeError(`z must be at least 0, not ${z}`);
  const square = (z * z) / size;
  const centre = (proportion + square / 2) / (1 + square);
  const half = (z * Math.sqrt((proportion * (1 - proportion)) / size + square / (4 * size))) / (1 + square);
  // Rounding may move a bound at 0 or 1 some 1e-17 past the estimate.
  return {
    low: Math.max(0, Math.min(proportion, centre - half)),
    high: Math.min(1, Math.max(proportion, centre + half)),
  };
}

/**
 * Wilson interval for the macro mean of clustered values in [0, 1]. The effective size m(1 - m)/SE² is limited to
 * between the number of clusters and the number of values, and the quantile is from the t distribution with n - 1
 * degrees of freedom. Unlike the plain t interval, this interval keeps its coverage near 0 and 1.
 *
 * @param clusters per-cluster count and sum; sums in [0, count]
 * @param confidence in (0, 1)
 * @returns bounds in [0, 1]; all of [0, 1] for a single cluster
 * @throws {RangeError} if there is no cluster, one is empty, or a mean is outside [0, 1]
 */
export function wilsonNeff(clusters: ClusterSums, confidence = 0.95): Interval {
  requireLevel("confidence", confidence);
  const { mean, standardError } = clusterMean(clusters);
  const clusterCount = clusters.count.length;
  if (clusterCount < 2) return { low: 0, high: 1 };
  const t = studentTQuantile(1 - (1 - confidence) / 2, clusterCount - 1);
  // Only rounding can move a mean of values in [0, 1] out of this range. A larger deviation is the caller's error.
  const within = mean < 1 && mean > 0 ? mean : Math.round(mean * 1e12) / 1e12;
  return wilsonInterval(within, effectiveSize(clusters, within, standardError), t);
}

function effectiveSize(clusters: ClusterSums, mean: number, standardError: number): number {
  const least = clusters.count.length;
  if (standardError === 0) return least;
  let largest = 0;
  for (let i = 0; i < least; i++) largest += numberAt(clusters.count, i);
  const size = (mean * (1 - mean)) / (standardError * standardError);
  return Math.min(Math.max(size, least), largest);
}

/**
 * Share of 0/1 values in clusters of unequal size, Σ sum / Σ count, with its Wilson interval. The standard error is
 * that of a ratio, SE² = n/(n − 1) · Σ (sum_i − share · count_i)² / (Σ count)² (Cochran 1977). The effective size
 * share(1 − share)/SE² is limited to between the number of clusters and the number of values, and the quantile is
 * from the t distribution with n − 1 degrees of freedom. With clusters of equal size it equals {@link wilsonNeff}.
 *
 * @param clusters per-cluster count and sum; sums in [0, count]
 * @param confidence in (0, 1)
 * @returns bounds in [0, 1] around `value`; all of [0, 1] for a single cluster
 * @throws {RangeError} if there is no cluster, one is empty, or a sum is outside [0, count]
 */
export function wilsonShare(clusters: ClusterSums, confidence = 0.95): Interval & { readonly value: number } {
  requireLevel("confidence", confidence);
  const means = clusterMeans(clusters);
  const n = means.length;
  let total = 0;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    requireProportion("mean of a cluster", numberAt(means, i));
    total += numberAt(clusters.count, i);
    sum += numberAt(clusters.sum, i);
  }
  const value = sum / total;
  if (n < 2) return { value, low: 0, high: 1 };
  let squares = 0;
  for (let i = 0; i < n; i++)
    squares += (numberAt(clusters.sum, i) - value * numberAt(clusters.count, i)) ** 2;
  const standardError = Math.sqrt((n / (n - 1)) * squares) / total;
  const t = studentTQuantile(1 - (1 - confidence) / 2, n - 1);
  return { value, ...wilsonInterval(value, effectiveSize(clusters, value, standardError), t) };
}

/**
 * The macro mean of clustered values in [0, 1], and the number of independent values that would estimate it equally
 * well: the effective size used by {@link wilsonNeff}.
 *
 * @throws {RangeError} like `wilsonNeff`
 */
export function effectiveClusterSize(clusters: ClusterSums): {
  readonly mean: number;
  readonly size: number;
} {
  const { mean, standardError } = clusterMean(clusters);
  return { mean, size: clusters.count.length < 2 ? 1 : effectiveSize(clusters, mean, standardError) };
}

/** {@link wilsonNeff} for raw values in [0, 1]. */
export function wilsonNeffOfValues(clusters: readonly ArrayLike<number>[], confidence = 0.95): Interval {
  return wilsonNeff(sumClusters(clusters), confidence);
}
