/**
 * Wealth after betting a fixed share on each outcome, Π (1 + lambda u). If every u has mean at most
 * 0, wealth above 1/alpha happens with chance at most alpha, whenever one stops (Ville; Waudby-Smith
 * & Ramdas 2023).
 *
 * @param outcomes u, in the order observed
 * @param lambda share bet, small enough that no factor is negative
 * @returns at least 0; 1 before any outcome
 * @throws {RangeError} if an outcome would lose more than everything
 */
export function bettingWealth(outcomes: Iterable<number>, lambda: number): number {
  let wealth = 1;
  for (const outcome of outcomes) {
    const factor = 1 + lambda * outcome;
    if (!(factor >= 0)) {
      throw new RangeError(`a bet of ${lambda} on ${outcome} loses more than everything`);
    }
    wealth *= factor;
  }
  return wealth;
}
