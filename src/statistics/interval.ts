/** A range of plausible values, ends included, in the unit of the estimate; low <= high. */
export type Interval = { readonly low: number; readonly high: number };

/**
 * Interval of `bound` standard errors to each side. With a fixed quantile (1.645) the usual one; with
 * the bound of a sequential look a repeated confidence interval, valid at every look.
 *
 * @param standardError at least 0, in the unit of the estimate; Infinity where it is unknown
 * @param bound standard errors to each side, at least 0
 * @throws {RangeError} if one is negative
 */
export function intervalAround(estimate: number, standardError: number, bound: number): Interval {
  if (!(standardError >= 0 && bound >= 0)) {
    throw new RangeError(`an interval of ${bound} times ${standardError} to each side is impossible`);
  }
  const half = standardError === 0 || bound === 0 ? 0 : bound * standardError;
  return { low: estimate - half, high: estimate + half };
}
