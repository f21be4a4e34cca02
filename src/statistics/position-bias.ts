import { requireCount } from "./argument-checks.ts";
import { binomialCdf } from "./binomial-distribution.ts";

/**
 * Two-sided binomial test of a bias for a position. Each pair is judged in both orders. Among the pairs in which the
 * same position won both times, an unbiased judge prefers the first and the second position equally often.
 *
 * @param firstWins number of pairs in which the first position won both times
 * @param secondWins number of pairs in which the second position won both times
 * @returns a p-value in (0, 1]; 1 when there is no such pair
 * @throws {RangeError} if either number is not a count
 */
export function positionBias(firstWins: number, secondWins: number): number {
  requireCount("firstWins", firstWins);
  requireCount("secondWins", secondWins);
  const fewer = Math.min(firstWins, secondWins);
  return Math.min(1, 2 * binomialCdf(fewer, firstWins + secondWins, 0.5));
}
