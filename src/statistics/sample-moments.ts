import { requireCount } from "./argument-checks.ts";
import { numberAt } from "./number-at.ts";

/**
 * Arithmetic mean.
 *
 * @param values at least one, in any unit
 * @throws {RangeError} if there is no value
 */
export function mean(values: ArrayLike<number>): number {
  requireCount("number of values", values.length, 1);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += numberAt(values, i);
  return sum / values.length;
}

/**
 * Sample variance with denominator n - 1, in two passes. Values that differ only by rounding have variance exactly 0,
 * whatever their order.
 *
 * @param values at least two
 * @returns squared units of the values, at least 0
 * @throws {RangeError} if there are fewer than two values
 */
export function sampleVariance(values: ArrayLike<number>): number {
  requireCount("number of values", values.length, 2);
  const centre = mean(values);
  let sum = 0;
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const value = numberAt(values, i);
    sum += (value - centre) ** 2;
    largest = Math.max(largest, Math.abs(value));
  }
  const rounding = 2 * values.length * Number.EPSILON * largest;
  return sum <= values.length * rounding ** 2 ? 0 : sum / (values.length - 1);
}

/**
 * Sample variance with denominator count - 1, from sums. A sum of squared deviations within rounding error counts as
 * 0, so that equal values have variance exactly 0.
 *
 * @param count number of values, at least 2
 * @param sum their sum
 * @param sumOfSquares the sum of their squares
 * @returns squared units of the values, at least 0
 */
export function varianceFromSums(count: number, sum: number, sumOfSquares: number): number {
  const aboutMean = sumOfSquares - (sum * sum) / count;
  const rounding = 4 * count * Number.EPSILON * sumOfSquares;
  return aboutMean <= rounding ? 0 : aboutMean / (count - 1);
}
