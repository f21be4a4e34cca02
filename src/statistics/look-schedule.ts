import { requireCount, requireSameLength } from "./argument-checks.ts";
import { numberAt } from "./number-at.ts";

/**
 * When to look at the data: after the first trial of the first `clusters` clusters, or after every cluster has had
 * `round` trials (from 1).
 */
export type Look =
  | { readonly kind: "partial"; readonly clusters: number }
  | { readonly kind: "round"; readonly round: number };

const PARTIAL_SHARES = [0.25, 0.5, 0.75] as const;

/** Minimum number of clusters for a partial look, before rounding down. */
export const PARTIAL_LOOK_LEAST_CLUSTERS = 10;

/**
 * Looks at a quarter, half and three quarters of the first round, then after each round. A look inside the first
 * round is left out if it would see fewer than 10 clusters.
 *
 * @param clusters at least 1
 * @param rounds at least 1
 * @returns in chronological order
 * @throws {RangeError} if `clusters` or `rounds` is not an integer of at least 1
 */
export function planLooks(clusters: number, rounds: number): Look[] {
  requireCount("clusters", clusters, 1);
  requireCount("rounds", rounds, 1);
  const partial = PARTIAL_SHARES.filter((share) => clusters * share >= PARTIAL_LOOK_LEAST_CLUSTERS).map(
    (share): Look => ({ kind: "partial", clusters: Math.floor(clusters * share) }),
  );
  const full = Array.from({ length: rounds }, (_, i): Look => ({ kind: "round", round: i + 1 }));
  return [...partial, ...full];
}

/**
 * Information about a difference, Σ m k / (m + k): half the number of values of one side if both sides are equally
 * large, and at most the number of the smaller side. Clusters with an empty side add nothing.
 *
 * @param baseCounts base values per cluster, at least 0
 * @param candidateCounts actual candidate values per cluster, at least 0
 * @returns in values, at least 0
 * @throws {RangeError} if the columns differ in length
 */
export function information(baseCounts: ArrayLike<number>, candidateCounts: ArrayLike<number>): number {
  requireSameLength({ baseCounts, candidateCounts });
  let sum = 0;
  for (let i = 0; i < baseCounts.length; i++) {
    const m = numberAt(baseCounts, i);
    const k = numberAt(candidateCounts, i);
    if (m > 0 && k > 0) sum += (m * k) / (m + k);
  }
  return sum;
}

/**
 * Information that each look will have if no value is missing.
 *
 * @param baseCounts base values per cluster, in the order clusters are run
 * @returns one value per look, never decreasing
 * @throws {RangeError} if a partial look asks for more clusters than there are
 */
export function plannedInformation(looks: readonly Look[], baseCounts: ArrayLike<number>): number[] {
  return looks.map((look) => {
    const reached = look.kind === "partial" ? look.clusters : baseCounts.length;
    if (reached > baseCounts.length) {
      throw new RangeError(`a look at ${reached} clusters, but there are only ${baseCounts.length}`);
    }
    const trials = look.kind === "partial" ? 1 : look.round;
    const candidateCounts = new Float64Array(baseCounts.length).fill(trials, 0, reached);
    return information(baseCounts, candidateCounts);
  });
}
