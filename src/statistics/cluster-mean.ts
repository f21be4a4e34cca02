import { requireCount, requireSameLength } from "./argument-checks.ts";
import { numberAt } from "./number-at.ts";
import { mean, sampleVariance, varianceFromSums } from "./sample-moments.ts";

/** Per cluster: the number of values and their sum. Parallel columns, one entry per cluster. */
export type ClusterSums = { readonly count: ArrayLike<number>; readonly sum: ArrayLike<number> };

/** Per cluster: the number of values, their sum, and the sum of their squares. */
export type ClusterMoments = ClusterSums & { readonly sumOfSquares: ArrayLike<number> };

/** A mean of cluster means with its standard error, both in the unit of the values. */
export type ClusterMean = { readonly mean: number; readonly standardError: number };

/**
 * Sums the raw values of each cluster.
 *
 * @param clusters at least one cluster, each with at least one value
 * @throws {RangeError} if a cluster is empty
 */
export function sumClusters(clusters: readonly ArrayLike<number>[]): ClusterMoments {
  const count = new Float64Array(clusters.length);
  const sum = new Float64Array(clusters.length);
  const sumOfSquares = new Float64Array(clusters.length);
  clusters.forEach((values, i) => {
    requireCount("values in a cluster", values.length, 1);
    let total = 0;
    let squares = 0;
    for (let j = 0; j < values.length; j++) {
      const value = numberAt(values, j);
      total += value;
      squares += value * value;
    }
    count[i] = values.length;
    sum[i] = total;
    sumOfSquares[i] = squares;
  });
  return { count, sum, sumOfSquares };
}

/**
 * Mean of each cluster, in the order given.
 *
 * @throws {RangeError} if there is no cluster, one is empty, or the columns differ in length
 */
export function clusterMeans({ count, sum }: ClusterSums): Float64Array {
  requireSameLength({ count, sum });
  requireCount("number of clusters", count.length, 1);
  const means = new Float64Array(count.length);
  for (let i = 0; i < means.length; i++) {
    const size = numberAt(count, i);
    requireCount("count", size, 1);
    means[i] = numberAt(sum, i) / size;
  }
  return means;
}

/**
 * Macro mean over clusters with the standard error for new clusters, sd(cluster means) / √n. Values of one cluster
 * are not independent, so they do not count as a larger sample (Miller 2024, arXiv 2411.00640).
 *
 * @param clusters per-cluster count and sum
 * @returns the standard error is Infinity for a single cluster, because its variation is unknown
 * @throws {RangeError} if there is no cluster or one is empty
 */
export function clusterMean(clusters: ClusterSums): ClusterMean {
  const means = clusterMeans(clusters);
  return {
    mean: mean(means),
    standardError:
      means.length < 2 ? Number.POSITIVE_INFINITY : Math.sqrt(sampleVariance(means) / means.length),
  };
}

/** {@link clusterMean} for raw values. */
export function clusterMeanOfValues(clusters: readonly ArrayLike<number>[]): ClusterMean {
  return clusterMean(sumClusters(clusters));
}

/**
 * Macro mean when clusters of one group are correlated, for instance because they share a document: SE² =
 * n⁻² · G/(G - 1) · Σ_g (Σ_{i in g} (mean_i - mean))², with G groups (Miller 2024, arXiv 2411.00640).
 *
 * @param groups one label per cluster
 * @returns the standard error is Infinity for a single group
 * @throws {RangeError} if labels and clusters differ in number, or a cluster is empty
 */
export function groupedClusterMean(clusters: ClusterSums, groups: readonly (string | number)[]): ClusterMean {
  const means = clusterMeans(clusters);
  requireSameLength({ groups, means });
  const centre = mean(means);
  const offsets = new Map<string | number, number>();
  groups.forEach((group, i) => {
    offsets.set(group, (offsets.get(group) ?? 0) + numberAt(means, i) - centre);
  });
  if (offsets.size < 2) return { mean: centre, standardError: Number.POSITIVE_INFINITY };
  let sum = 0;
  for (const offset of offsets.values()) sum += offset * offset;
  const correction = offsets.size / (offsets.size - 1);
  return { mean: centre, standardError: Math.sqrt(correction * sum) / means.length };
}

/**
 * Mean within-cluster variance, for planning. Clusters with one value have no variance and are left out.
 *
 * @returns squared units of the values, or null when no cluster has two values
 * @throws {RangeError} if the columns differ in length
 */
export function meanWithinVariance({ count, sum, sumOfSquares }: ClusterMoments): number | null {
  requireSameLength({ count, sum, sumOfSquares });
  let total = 0;
  let used = 0;
  for (let i = 0; i < count.length; i++) {
    const size = numberAt(count, i);
    if (size < 2) continue;
    total += varianceFromSums(size, numberAt(sum, i), numberAt(sumOfSquares, i));
    used += 1;
  }
  return used === 0 ? null : total / used;
}

/**
 * Intra-cluster correlation of values in [0, 1]: 1 - mean within variance / (m(1 - m)), with m the macro mean. 1: the
 * values of a cluster always agree; 0: clusters make no difference.
 *
 * @returns at most 1, below 0 by chance; null when no cluster has two values or m is 0 or 1
 * @throws {RangeError} if there is no cluster or one is empty
 */
export function intraClusterCorrelation(clusters: ClusterMoments): number | null {
  const within = meanWithinVariance(clusters);
  const centre = mean(clusterMeans(clusters));
  const spread = centre * (1 - centre);
  return within === null || spread <= 0 ? null : 1 - within / spread;
}
