import { numberAt } from "./number-at.ts";

/**
 * Wealth after betting a fixed share on each outcome, Π (1 + lambda u). If every u has mean at most
 * 0, wealth above 1/alpha happens with chance at most alpha, whenever one stops (Ville; Waudby-Smith
 * & Ramdas 2023).
 *
 * @param outcomes u, in the order observed
 * @param lambda share bet, small enough that no factor is negative
 * @param counts how often each outcome came, in the same order; once each when left out
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
    // By logarithms: a long product would leave the range of numbers on its way.
    wealth += (counts?.[i] ?? 1) * Math.log(factor);
  }
  return Math.exp(wealth);
}
