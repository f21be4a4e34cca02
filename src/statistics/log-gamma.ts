import { numberAt } from "./number-at.ts";

const HALF_LOG_2_PI = 0.9189385332046728;
const SHIFT_TO = 12;
/** Coefficients of Stirling's series: B(2j) / (2j (2j - 1)) for j = 1, 2, …, with Bernoulli numbers B. */
const STIRLING = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
  -3617 / 122400,
] as const;

/**
 * Natural logarithm of the gamma function, by Stirling's series after shifting the argument to 12
 * or more (Abramowitz & Stegun 6.1.15 and 6.1.40). Absolute error about 1e-15 times the larger of
 * 1 and the result.
 *
 * @param x above 0
 * @throws {RangeError} if `x` is not a positive number
 */
export function logGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`x must be above 0, not ${x}`);
  let shift = 1;
  let at = x;
  while (at < SHIFT_TO) {
    shift *= at;
    at += 1;
  }
  return (at - 0.5) * Math.log(at) - at + HALF_LOG_2_PI + stirlingSeries(at) - Math.log(shift);
}

function stirlingSeries(x: number): number {
  const inverse = 1 / (x * x);
  let sum = 0;
  for (let j = STIRLING.length - 1; j >= 0; j--) sum = sum * inverse + numberAt(STIRLING, j);
  return sum / x;
}

/**
 * Natural logarithm of the number of ways to choose `k` of `n` things.
 *
 * @param n an integer, at least 0
 * @param k an integer; outside [0, n] there is no way and the result is -Infinity
 */
export function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
