/** A range of plausible values, ends included, in the unit of the estimate; low <= high. */
export type Interval = { readonly low: number; readonly high: number };

/**
 * Interval of `bound` standard errors on each side: the usual one for a fixed quantile (1.645), or a repeated
 * confidence interval, valid at every look, for a sequential bound.
 *
 * @param standardError at least 0, in the unit of the estimate; Infinity when unknown
 * @param bound standard errors on each side, at least 0
 * @throws {RangeError} if one is negative
 */
export function intervalAround(estimate: number, standardError: number, bound: number): Interval {
  if (!(standardError >= 0 && bound >= 0)) {
    throw new RangeError(`an interval of ${bound} times ${standardError} to each side is impossible`);
  }
  const half = standardError === 0 || bound === 0 ? 0 : bound * standardError;
  return { low: estimate - half, high: estimate + half };
}
