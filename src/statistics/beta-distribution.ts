import { requirePositive, requireProportion } from "./argument-checks.ts";
import { logGamma } from "./log-gamma.ts";

const TINY = 1e-300;

/**
 * Regularised incomplete beta function I_x(a, b): the probability that a Beta(a, b) value is at most `x`.
 *
 * Lentz's evaluation of the continued fraction (Abramowitz & Stegun 26.5.8), on the side that converges faster.
 * Absolute error below 1e-12 for a + b up to 1e4.
 *
 * @param x in [0, 1]
 * @param a first shape, above 0
 * @param b second shape, above 0
 * @returns a probability in [0, 1]
 * @throws {RangeError} on arguments outside those ranges
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  requireProportion("x", x);
  requirePositive("a", a);
  requirePositive("b", b);
  return betaCdf(x, a, b, logGamma(a + b) - logGamma(a) - logGamma(b));
}

/** `logScale` is -log B(a, b); it is a parameter so that a quantile search computes it only once. */
function betaCdf(x: number, a: number, b: number, logScale: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logScale + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2)
    ? (front * continuedFraction(x, a, b)) / a
    : 1 - (front * continuedFraction(1 - x, b, a)) / b;
}

function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < 5000; m++) {
    const even = a + 2 * m;
    const first = (m * (b - m) * x) / ((even - 1) * even);
    d = 1 / awayFromZero(1 + first * d);
    c = awayFromZero(1 + first / c);
    value *= d * c;
    const second = (-(a + m) * (a + b + m) * x) / (even * (even + 1));
    d = 1 / awayFromZero(1 + second * d);
    c = awayFromZero(1 + second / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < 2e-16) return value;
  }
  return value;
}

function awayFromZero(value: number): number {
  return Math.abs(value) > TINY ? value : TINY;
}

/**
 * Quantile of the Beta(a, b) distribution: the x with I_x(a, b) = p, by bisection down to
 * neighbouring doubles.
 *
 * @param p a probability in [0, 1]
 * @param a first shape, above 0
 * @param b second shape, above 0
 * @returns a value in [0, 1]
 * @throws {RangeError} on arguments outside those ranges
 */
export function betaQuantile(p: number, a: number, b: number): number {
  requireProportion("p", p);
  requirePositive("a", a);
  requirePositive("b", b);
  if (p === 0) return 0;
  if (p === 1) return 1;
  const logScale = logGamma(a + b) - logGamma(a) - logGamma(b);
  let low = 0;
  let high = 1;
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (betaCdf(middle, a, b, logScale) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
