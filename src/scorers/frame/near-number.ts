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

/** What sums of binary fractions are off by: 0.1 + 0.2 is 0.30000000000000004. */
const ROUNDING = 4 * Number.EPSILON;
/** However large the numbers are, more than that is a difference. */
const MAX_ROUNDING = 1e-6;

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** The text without blanks when it is a number and nothing else. */
export function numberText(text: string): string | undefined {
  return NUMBER.test(text) ? text.trim() : undefined;
}

/** The decimal that a number of an answer is; undefined for one beyond what a double spans. */
export function decimalIn(value: number | ExactNumber): Decimal | undefined {
  if (value instanceof ExactNumber) return value.decimal;
  return Number.isFinite(value) ? decimalOf(value) : undefined;
}

/**
 * Whether two numbers lie within a distance of each other, in decimals: 1.2 is 0.1 from 1.1. Whole numbers are compared to
 * the last digit; a rounding error in a fraction does not count.
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

/** `within` for doubles; nearly all pairs are found different, or equal, without decimals. */
export function nearNumbers(a: number | ExactNumber, b: number | ExactNumber, tolerance: number): boolean {
  if (typeof a === "number" && typeof b === "number") {
    if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
    if (a === b) return true;
    if (Math.abs(a - b) > tolerance * 1.001 + 2 * MAX_ROUNDING) return false;
  }
  const [x, y] = [decimalIn(a), decimalIn(b)];
  return x !== undefined && y !== undefined && within(x, y, decimalOf(tolerance));
}
