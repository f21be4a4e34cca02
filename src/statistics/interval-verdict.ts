import type { Interval } from "./interval.ts";

/** The possible conclusions when the interval of a change is compared with 0 and with a tolerated drop. */
export type IntervalVerdict = "small_drop" | "regressed" | "improved" | "no_regression" | "inconclusive";

/**
 * Compares an interval for (candidate - base) with 0 and -delta. The verdict is the first of these that applies:
 * `small_drop` (below 0 but above -delta), `regressed` (below 0), `improved` (above 0), `no_regression` (above
 * -delta), and otherwise `inconclusive`. An interval that ends exactly at 0 or -delta is neither below nor above
 * that value.
 *
 * @param change interval of the change, in the unit of the values; a two-sided 90 % interval makes each side a test
 * at 5 %
 * @param delta tolerated drop in the same unit, at least 0
 * @throws {RangeError} if `delta` is negative or the interval is empty
 */
export function intervalVerdict({ low, high }: Interval, delta: number): IntervalVerdict {
  if (!(delta >= 0)) throw new RangeError(`delta must be at least 0, not ${delta}`);
  if (!(low <= high)) throw new RangeError(`an interval from ${low} to ${high} is empty`);
  if (high < 0) return low > -delta ? "small_drop" : "regressed";
  if (low > 0) return "improved";
  return low > -delta ? "no_regression" : "inconclusive";
}
