import {
  atMost,
  type Decimal,
  decimalOf,
  distanceOf,
  isWhole,
  sameDecimal,
  toNumber,
} from "../../domain/decimal.ts";
import { ExactNumber } from "../../domain/exact-number.ts";

/** Relative rounding error of sums of binary fractions: 0.1 + 0.2 is 0.30000000000000004. */
const ROUNDING = 4 * Number.EPSILON;
/** Largest absolute difference that counts as a rounding error, however large the numbers are. */
const MAX_ROUNDING = 1e-6;

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** The trimmed text if it is nothing but a number; otherwise undefined. */
export function numberText(text: string): string | undefined {
  return NUMBER.test(text) ? text.trim() : undefined;
}

/** The exact decimal of a number in an answer; undefined outside the range of doubles. */
export function decimalIn(value: number | ExactNumber): Decimal | undefined {
  if (value instanceof ExactNumber) return value.decimal;
  return Number.isFinite(value) ? decimalOf(value) : undefined;
}

/**
 * Whether two numbers differ by at most the tolerance, computed in decimals: 1.2 and 1.1 differ by exactly 0.1.
 * Integers are compared to the last digit; rounding errors in fractions are ignored.
 */
export function within(a: Decimal, b: Decimal, tolerance: Decimal): boolean {
  if (sameDecimal(a, b)) return true;
  const distance = distanceOf(a, b);
  if (atMost(distance, tolerance)) return true;
  if (isWhole(a) && isWhole(b)) return false;
  const excess = toNumber(distanceOf(distance, tolerance));
  const largest = Math.max(Math.abs(toNumber(a)), Math.abs(toNumber(b)));
  return excess <= Math.min(MAX_ROUNDING, ROUNDING * largest);
}

/** Like `within`, for numbers of an answer. Most pairs are decided without the slower exact decimals. */
export function nearNumbers(a: number | ExactNumber, b: number | ExactNumber, tolerance: number): boolean {
  if (typeof a === "number" && typeof b === "number") {
    if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
    if (a === b) return true;
    if (Math.abs(a - b) > tolerance * 1.001 + 2 * MAX_ROUNDING) return false;
  }
  const [x, y] = [decimalIn(a), decimalIn(b)];
  return x !== undefined && y !== undefined && within(x, y, decimalOf(tolerance));
}
