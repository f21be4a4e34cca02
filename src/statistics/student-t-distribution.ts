import { requireLevel, requirePositive } from "./argument-checks.ts";
import { betaQuantile, incompleteBeta } from "./beta-distribution.ts";

/**
 * Probability that a Student t value is at most `t`.
 *
 * @param t any real or an infinity
 * @param degrees degrees of freedom, above 0, not necessarily whole
 * @returns a probability in [0, 1]
 * @throws {RangeError} if `degrees` is not a positive finite number
 */
export function studentTCdf(t: number, degrees: number): number {
  requirePositive("degrees", degrees);
  if (t === 0) return 0.5;
  const square = t * t;
  // Near t = 0 the beta argument is close to 1, so its complement is used to keep precision.
  const tail =
    square > degrees
      ? 0.5 * incompleteBeta(degrees / (degrees + square), degrees / 2, 0.5)
      : 0.5 - 0.5 * incompleteBeta(square / (degrees + square), 0.5, degrees / 2);
  return t < 0 ? tail : 1 - tail;
}

/**
 * Quantile of the Student t distribution: the t with P(T <= t) = p.
 *
 * @param p a probability in (0, 1)
 * @param degrees degrees of freedom, above 0
 * @returns any real; about 1e-12 relative error
 * @throws {RangeError} if `p` is outside (0, 1) or `degrees` is not positive
 */
export function studentTQuantile(p: number, degrees: number): number {
  if (p === last.p && degrees === last.degrees) return last.quantile;
  requireLevel("p", p);
  requirePositive("degrees", degrees);
  const quantile = searchQuantile(p, degrees);
  last = { p, degrees, quantile };
  return quantile;
}

/** The last result, cached: every metric of a run needs the same quantile, and a search takes thousands of steps. */
let last = { p: Number.NaN, degrees: Number.NaN, quantile: Number.NaN };

function searchQuantile(p: number, degrees: number): number {
  const tail = Math.min(p, 1 - p);
  const size = tail < 0.25 ? farQuantile(tail, degrees) : nearQuantile(tail, degrees);
  return p < 0.5 ? -size : size;
}

function farQuantile(tail: number, degrees: number): number {
  const x = betaQuantile(2 * tail, degrees / 2, 0.5);
  if (x < 0.5) return Math.sqrt((degrees * (1 - x)) / x);
  // With many degrees of freedom x is close to 1, so its complement is used to keep precision.
  return nearQuantile(tail, degrees);
}

function nearQuantile(tail: number, degrees: number): number {
  const y = betaQuantile(1 - 2 * tail, 0.5, degrees / 2);
  return Math.sqrt((degrees * y) / (1 - y));
}
