import { requireCount, requirePart, requireProportion } from "./argument-checks.ts";
import { hypergeometricTable } from "./hypergeometric-distribution.ts";
import { numberAt } from "./number-at.ts";

/** Numbers of trials and of successes of one cluster. */
export type Tally = { readonly trials: number; readonly successes: number };

/**
 * Unbiased estimate of pass^k, the probability that `k` new trials all succeed: C(c, k) / C(n, k).
 *
 * Source: tau-bench, arXiv 2406.12045.
 *
 * @param trials number of trials made, at least `k`
 * @param successes number of successes among them
 * @param k number of trials that must all succeed, at least 1
 * @returns a proportion in [0, 1]; 0 when fewer than `k` succeeded
 * @throws {RangeError} if the counts cannot belong together or `k` exceeds `trials`
 */
export function passHatK(trials: number, successes: number, k: number): number {
  requireTally(trials, successes, k);
  let product = 1;
  for (let i = 0; i < k; i++) product *= Math.max(0, successes - i) / (trials - i);
  return product;
}

/**
 * Unbiased estimate of pass@k, the probability that at least one of `k` new trials succeeds: 1 - C(n - c, k) / C(n,
 * k).
 *
 * Source: HumanEval, arXiv 2107.03374.
 *
 * @param trials number of trials made, at least `k`
 * @param successes number of successes among them
 * @param k number of trials of which one must succeed, at least 1
 * @returns a proportion in [0, 1]
 * @throws {RangeError} if the counts cannot belong together or `k` exceeds `trials`
 */
export function passAtK(trials: number, successes: number, k: number): number {
  requireTally(trials, successes, k);
  return 1 - passHatK(trials, trials - successes, k);
}

function requireTally(trials: number, successes: number, k: number): void {
  requireCount("trials", trials, 1);
  requirePart("successes", successes, trials);
  requireCount("k", k, 1);
  if (k > trials) throw new RangeError(`k must be at most the ${trials} trials, not ${k}`);
}

/**
 * Mean of pass^k over clusters with equal weight, whatever their number of trials.
 *
 * @param tallies at least one, each with `k` trials or more
 * @returns a proportion in [0, 1]
 * @throws {RangeError} if there is no cluster or one has fewer than `k` trials
 */
export function passHatKMacro(tallies: readonly Tally[], k: number): number {
  requireCount("number of tallies", tallies.length, 1);
  let sum = 0;
  for (const { trials, successes } of tallies) sum += passHatK(trials, successes, k);
  return sum / tallies.length;
}

/**
 * Mean of pass@k over clusters with equal weight, whatever their number of trials.
 *
 * @param tallies at least one, each with `k` trials or more
 * @returns a proportion in [0, 1]
 * @throws {RangeError} if there is no cluster or one has fewer than `k` trials
 */
export function passAtKMacro(tallies: readonly Tally[], k: number): number {
  requireCount("number of tallies", tallies.length, 1);
  let sum = 0;
  for (const { trials, successes } of tallies) sum += passAtK(trials, successes, k);
  return sum / tallies.length;
}

/**
 * Unbiased estimate of the probability that two new trials disagree, 2p(1 - p): 2c(n - c)/(n(n - 1)).
 *
 * @param trials number of trials, at least 2
 * @param successes number of successes among them
 * @returns 0 when all agree; at most 1 (two trials, one success)
 * @throws {RangeError} if the counts cannot belong together
 */
export function flipRate(trials: number, successes: number): number {
  requireCount("trials", trials, 2);
  requirePart("successes", successes, trials);
  return (2 * successes * (trials - successes)) / (trials * (trials - 1));
}

/**
 * Expected number of trials when a cluster stops at its first failure, or after `k` trials: 1 + p + … + p^(k-1) =
 * (1 - p^k) / (1 - p).
 *
 * @param p chance that one trial succeeds, in [0, 1]
 * @param k maximum number of trials, at least 1
 * @returns a number in [1, k]
 * @throws {RangeError} on arguments outside those ranges
 */
export function passKExpectedCalls(p: number, k: number): number {
  requireProportion("p", p);
  requireCount("k", k, 1);
  return p === 1 ? k : -Math.expm1(k * Math.log(p)) / (1 - p);
}

/** Trials and successes of one cluster: m and b of the base side, k and x of the candidate side. */
export type PassKStratum = {
  readonly m: number;
  readonly b: number;
  readonly k: number;
  readonly x: number;
};

/**
 * Difference of pass^order between two sides of one cluster, and the variance of that difference when the sides are
 * exchangeable (its mean is then exactly 0). Sum both over clusters: z = Σ diff / √Σ permutationVariance.
 *
 * @param stratum m, b: trials and successes of the base side; k, x: of the candidate side
 * @param order number of trials that must all succeed; at least 1, at most m and k
 * @returns candidate minus base, in [-1, 1], and a variance of at least 0
 * @throws {RangeError} if the counts cannot belong together or `order` exceeds a side
 */
export function passHatKDiff(
  { m, b, k, x }: PassKStratum,
  order: number,
): { readonly diff: number; readonly permutationVariance: number } {
  const diff = passHatK(k, x, order) - passHatK(m, b, order);
  const total = b + x;
  const { lowest, probabilities } = hypergeometricTable(m + k, total, k);
  let permutationVariance = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const inCandidate = lowest + i;
    const value = passHatK(k, inCandidate, order) - passHatK(m, total - inCandidate, order);
    permutationVariance += numberAt(probabilities, i) * value * value;
  }
  return { diff, permutationVariance };
}
