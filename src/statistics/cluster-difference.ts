import { requireCount, requireSameLength } from "./argument-checks.ts";
import { type ClusterMoments, sumClusters } from "./cluster-mean.ts";
import { normalCdf } from "./normal-distribution.ts";
import { numberAt } from "./number-at.ts";
import { sampleVariance, varianceFromSums } from "./sample-moments.ts";

/** Values of the same clusters on both sides, in the same order. */
export type ClusterSides = { readonly base: ClusterMoments; readonly candidate: ClusterMoments };

/** A mean difference and its two standard errors, all in the unit of the values. */
export type ClusterDifference = {
  /** Mean over clusters of (candidate mean - base mean); negative for a drop. */
  readonly theta: number;
  /** Standard error of a claim about exactly these clusters, by permuting values between the sides of a cluster. */
  readonly sePermutation: number;
  /** Standard error of a claim about new clusters, sd of the differences / √n; Infinity for a single cluster. */
  readonly seBetween: number;
  /** Number of clusters compared. */
  readonly clusters: number;
  /** Mean number of candidate values in a cluster. */
  readonly meanCandidateCount: number;
};

/**
 * Difference of two sides with clustered values, from per-cluster count, sum and sum of squares.
 *
 * The permutation variance of a cluster is S²(1/k + 1/m), with S² the pooled variance of both sides. It is exact if
 * the sides are exchangeable, and too large (conservative) if they are not.
 *
 * @throws {RangeError} if there is no cluster, a cluster has an empty side, or columns differ in length
 */
export function clusterDifference({ base, candidate }: ClusterSides): ClusterDifference {
  requireSides(base, candidate);
  const clusters = base.count.length;
  const differences = new Float64Array(clusters);
  let sum = 0;
  let varianceSum = 0;
  let candidateValues = 0;
  for (let i = 0; i < clusters; i++) {
    const m = numberAt(base.count, i);
    const k = numberAt(candidate.count, i);
    requireCount("base count", m, 1);
    requireCount("candidate count", k, 1);
    const pooled = varianceFromSums(
      m + k,
      numberAt(base.sum, i) + numberAt(candidate.sum, i),
      numberAt(base.sumOfSquares, i) + numberAt(candidate.sumOfSquares, i),
    );
    // If all values are equal, the means are equal too, despite rounding.
    const difference = pooled === 0 ? 0 : numberAt(candidate.sum, i) / k - numberAt(base.sum, i) / m;
    differences[i] = difference;
    sum += difference;
    varianceSum += pooled * (1 / k + 1 / m);
    candidateValues += k;
  }
  return {
    theta: sum / clusters,
    sePermutation: Math.sqrt(varianceSum) / clusters,
    seBetween: clusters < 2 ? Number.POSITIVE_INFINITY : Math.sqrt(sampleVariance(differences) / clusters),
    clusters,
    meanCandidateCount: candidateValues / clusters,
  };
}

function requireSides(base: ClusterMoments, candidate: ClusterMoments): void {
  requireSameLength({
    "base.count": base.count,
    "base.sum": base.sum,
    "base.sumOfSquares": base.sumOfSquares,
    "candidate.count": candidate.count,
    "candidate.sum": candidate.sum,
    "candidate.sumOfSquares": candidate.sumOfSquares,
  });
  requireCount("number of clusters", base.count.length, 1);
}

/** Raw values of one cluster on both sides. */
export type ClusterValues = { readonly base: ArrayLike<number>; readonly candidate: ArrayLike<number> };

/** {@link clusterDifference} for raw values. */
export function clusterDifferenceOfValues(clusters: readonly ClusterValues[]): ClusterDifference {
  return clusterDifference({
    base: sumClusters(clusters.map(({ base }) => base)),
    candidate: sumClusters(clusters.map(({ candidate }) => candidate)),
  });
}

/** Permutation z with its one-sided p-values: `p` for a drop of the mean, `pRise` for a rise of the mean. */
export type PermutationZ = { readonly z: number; readonly p: number; readonly pRise: number };

/**
 * Test of exchangeability for graded values: z = theta / sePermutation. `p` is small for a drop of the mean,
 * `pRise` for a rise of the mean. Without any variation z is 0 and both p-values are 0.5.
 */
export function permutationZ({
  theta,
  sePermutation,
}: Pick<ClusterDifference, "theta" | "sePermutation">): PermutationZ {
  const z = sePermutation === 0 ? 0 : theta / sePermutation;
  return { z, p: normalCdf(z), pRise: normalCdf(-z) };
}
