/** A range of plausible values, ends included, in the unit of the estimate; low <= high. */
export type Interval = { readonly low: number; readonly high: number };

/**
 * Interval of `bound` standard errors on each side of an estimate. With a fixed quantile (1.645) it is the usual
 * confidence interval; with a sequential bound it is a repeated confidence interval, valid at every look.
 *
 * @param standardError at least 0, in the unit of the estimate; Infinity when unknown
 * @param bound standard errors on each side, at least 0
 * @throws {RangeError} if the standard error or the bound is negative
 */
export function intervalAround(estimate: number, standardError: number, bound: number): Interval {
  if (!(standardError >= 0 && bound >= 0)) {
    throw new RangeError(`standardError and bound must be at least 0, not ${standardError} and ${bound}`);
  }
  const half = standardError === 0 || bound === 0 ? 0 : bound * standardError;
  return { low: estimate - half, high: estimate + half };
}
