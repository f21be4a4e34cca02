import { requireCount, requirePart, requireProportion } from "./argument-checks.ts";
import { hypergeometricTable } from "./hypergeometric-distribution.ts";
import { numberAt } from "./number-at.ts";

/** Numbers of attempts and of successes of one cluster. */
export type Tally = { readonly attempts: number; readonly successes: number };

/**
 * Unbiased estimate of pass^k, the probability that `k` new attempts all succeed: C(c, k) / C(n, k).
 *
 * Source: tau-bench, arXiv 2406.12045.
 *
 * @param attempts number of attempts made, at least `k`
 * @param successes number of successes among them
 * @param k number of attempts that must all succeed, at least 1
 * @returns a proportion in [0, 1]; 0 when fewer than `k` succeeded
 * @throws {RangeError} if the counts cannot belong together or `k` exceeds `attempts`
 */
export function passHatK(attempts: number, successes: number, k: number): number {
  requireTally(attempts, successes, k);
  let product = 1;
  for (let i = 0; i < k; i++) product *= Math.max(0, successes - i) / (attempts - i);
  return product;
}

/**
 * Unbiased estimate of pass@k, the probability that at least one of `k` new attempts succeeds: 1 - C(n - c, k) / C(n,
 * k).
 *
 * Source: HumanEval, arXiv 2107.03374.
 *
 * @param attempts number of attempts made, at least `k`
 * @param successes number of successes among them
 * @param k number of attempts of which one must succeed, at least 1
 * @returns a proportion in [0, 1]
 * @throws {RangeError} if the counts cannot belong together or `k` exceeds `attempts`
 */
export function passAtK(attempts: number, successes: number, k: number): number {
  requireTally(attempts, successes, k);
  return 1 - passHatK(attempts, attempts - successes, k);
}

function requireTally(attempts: number, successes: number, k: number): void {
  requireCount("attempts", attempts, 1);
  requirePart("successes", successes, attempts);
  requireCount("k", k, 1);
  if (k > attempts) throw new RangeError(`k must be at most the ${attempts} attempts, not ${k}`);
}

/**
 * Mean of pass^k over clusters with equal weight, whatever their number of attempts.
 *
 * @param tallies at least one, each with `k` attempts or more
 * @returns a proportion in [0, 1]
 * @throws {RangeError} if there is no cluster or one has fewer than `k` attempts
 */
export function passHatKMacro(tallies: readonly Tally[], k: number): number {
  requireCount("number of tallies", tallies.length, 1);
  let sum = 0;
  for (const { attempts, successes } of tallies) sum += passHatK(attempts, successes, k);
  return sum / tallies.length;
}

/**
 * Mean of pass@k over clusters with equal weight, whatever their number of attempts.
 *
 * @param tallies at least one, each with `k` attempts or more
 * @returns a proportion in [0, 1]
 * @throws {RangeError} if there is no cluster or one has fewer than `k` attempts
 */
export function passAtKMacro(tallies: readonly Tally[], k: number): number {
  requireCount("number of tallies", tallies.length, 1);
  let sum = 0;
  for (const { attempts, successes } of tallies) sum += passAtK(attempts, successes, k);
  return sum / tallies.length;
}

/**
 * Unbiased estimate of the probability that two new attempts disagree, 2p(1 - p): 2c(n - c)/(n(n - 1)).
 *
 * @param attempts number of attempts, at least 2
 * @param successes number of successes among them
 * @returns 0 when all agree; at most 1 (two attempts, one success)
 * @throws {RangeError} if the counts cannot belong together
 */
export function flipRate(attempts: number, successes: number): number {
  requireCount("attempts", attempts, 2);
  requirePart("successes", successes, attempts);
  return (2 * successes * (attempts - successes)) / (attempts * (attempts - 1));
}

/**
 * Expected number of attempts when a cluster stops at its first failure, or after `k` attempts: 1 + p + … + p^(k-1) =
 * (1 - p^k) / (1 - p).
 *
 * @param p chance that one attempt succeeds, in [0, 1]
 * @param k maximum number of attempts, at least 1
 * @returns a number in [1, k]
 * @throws {RangeError} on arguments outside those ranges
 */
export function passKExpectedCalls(p: number, k: number): number {
  requireProportion("p", p);
  requireCount("k", k, 1);
  return p === 1 ? k : -Math.expm1(k * Math.log(p)) / (1 - p);
}

/** Attempts and successes of one cluster on both sides, named as in the stratified test. */
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
 * @param stratum m, b: attempts and successes of the base side; k, x: of the candidate side
 * @param order number of attempts that must all succeed; at least 1, at most m and k
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
