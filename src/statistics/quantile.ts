import { requireCount, requireLevel, requireProportion } from "./argument-checks.ts";
import { binomialPmfTable } from "./binomial-distribution.ts";
import { numberAt } from "./number-at.ts";

/**
 * Sample quantile, type 7 (linear between order statistics; Hyndman & Fan 1996).
 *
 * @param values at least one, in any order and unit; not modified
 * @param q in [0, 1]
 * @returns in the unit of the values
 * @throws {RangeError} if there is no value or `q` is outside [0, 1]
 */
export function quantile7(values: ArrayLike<number>, q: number): number {
  return quantile7OfSorted(Float64Array.from(values).sort(), q);
}

/**
 * {@link quantile7} of values that are already in ascending order, which is not checked.
 *
 * @throws {RangeError} if there is no value or `q` is outside [0, 1]
 */
export function quantile7OfSorted(sorted: ArrayLike<number>, q: number): number {
  requireCount("number of values", sorted.length, 1);
  requireProportion("q", q);
  const at = (sorted.length - 1) * q;
  const below = Math.floor(at);
  const low = numberAt(sorted, below);
  const high = numberAt(sorted, Math.min(below + 1, sorted.length - 1));
  return low + (at - below) * (high - low);
}

/** Ranks from 1 in ascending order; null where the sample is too small for a bound. */
export type RankInterval = { readonly low: number | null; readonly high: number | null };

/**
 * The order statistics that bracket a quantile, by the binomial distribution alone (no assumption about the
 * distribution of the values): low = max{r: P(Bin(n, q) <= r - 1) <= α/2}, high = min{r: P(Bin(n, q) >= r) <= α/2}.
 *
 * A 95 % upper end needs 72 values for q = 0.95 and 368 for q = 0.99.
 *
 * @param size independent values, at least 1
 * @param q in (0, 1)
 * @param confidence two-sided, in (0, 1)
 * @throws {RangeError} on arguments outside those ranges
 */
export function quantileCiRanks(size: number, q: number, confidence = 0.95): RankInterval {
  requireCount("size", size, 1);
  requireLevel("q", q);
  requireLevel("confidence", confidence);
  const tail = (1 - confidence) / 2;
  const pmf = binomialPmfTable(size, q);
  return { low: lowestRank(pmf, tail), high: highestRank(pmf, tail) };
}

function lowestRank(pmf: Float64Array, tail: number): number | null {
  let below = 0;
  let rank: number | null = null;
  for (let r = 1; r < pmf.length; r++) {
    below += numberAt(pmf, r - 1);
    if (below > tail) return rank;
    rank = r;
  }
  return rank;
}

function highestRank(pmf: Float64Array, tail: number): number | null {
  let above = 0;
  let rank: number | null = null;
  for (let r = pmf.length - 1; r >= 1; r--) {
    above += numberAt(pmf, r);
    if (above > tail) return rank;
    rank = r;
  }
  return rank;
}
