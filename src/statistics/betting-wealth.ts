import { numberAt } from "./number-at.ts";

/**
 * Wealth after betting a fixed share on each outcome, Π (1 + lambda u). If every u has mean at most 0, the wealth
 * ever exceeds 1/alpha with probability at most alpha, at any stopping time (Ville; Waudby-Smith & Ramdas 2023).
 *
 * @param outcomes u, in the order observed
 * @param lambda share bet, small enough that no factor is negative
 * @param counts number of occurrences of each outcome, in the same order; default 1 each
 * @returns at least 0; 1 before any outcome
 * @throws {RangeError} if an outcome would lose more than everything
 */
export function bettingWealth(
  outcomes: ArrayLike<number>,
  lambda: number,
  counts?: ArrayLike<number>,
): number {
  let wealth = 0;
  for (let i = 0; i < outcomes.length; i++) {
    const factor = 1 + lambda * numberAt(outcomes, i);
    if (!(factor >= 0)) {
      throw new RangeError(`a bet of ${lambda} on ${outcomes[i]} loses more than everything`);
    }
    // Summed as logarithms, because a long product would overflow or underflow.
    wealth += (counts?.[i] ?? 1) * Math.log(factor);
  }
  return Math.exp(wealth);
}
