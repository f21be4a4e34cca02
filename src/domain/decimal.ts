/** A decimal number: `digits` × 10^`exponent`, exactly. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const WRITTEN = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** Larger powers of ten would fill the memory, and no double reaches 10^309. */
const LARGEST_EXPONENT = 400;

/**
 * Parses decimal notation exactly: `0.1`, `-12.50`, `1e3`, of any length.
 *
 * @returns undefined for a text that is not a number, or one outside the range of doubles
 */
export function readDecimal(text: string): Decimal | undefined {
  const [, sign, whole = "", fraction = "", power = "0"] = WRITTEN.exec(text) ?? [];
  if (sign === undefined || whole + fraction === "") return undefined;
  if (!Number.isFinite(Number(text))) return undefined;
  const digits = BigInt(whole + fraction);
  if (digits === 0n) return { digits, exponent: 0 };
  const exponent = Number(power) - fraction.length;
  if (exponent < -LARGEST_EXPONENT - fraction.length) return { digits: 0n, exponent: 0 };
  return { digits: sign === "-" ? -digits : digits, exponent };
}

/** The decimal with which a finite number is written: 0.1 is one tenth, not the nearest binary fraction. */
export function decimalOf(number: number): Decimal {
  const decimal = readDecimal(String(number));
  if (decimal === undefined) throw new RangeError(`${number} is not a finite number`);
  return decimal;
}

/** Scales two numbers to integers with the same power of ten. */
function aligned(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = ({ digits, exponent: own }: Decimal) => digits * 10n ** BigInt(own - exponent);
  return [scaled(a), scaled(b), exponent];
}

export function sameDecimal(a: Decimal, b: Decimal): boolean {
  const [x, y] = aligned(a, b);
  return x === y;
}

/** |a − b| */
export function distanceOf(a: Decimal, b: Decimal): Decimal {
  const [x, y, exponent] = aligned(a, b);
  return { digits: x > y ? x - y : y - x, exponent };
}

export function atMost(a: Decimal, b: Decimal): boolean {
  const [x, y] = aligned(a, b);
  return x <= y;
}

export function product(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, exponent: a.exponent + b.exponent };
}

/** @param divisor not 0 */
export function isMultipleOf(a: Decimal, divisor: Decimal): boolean {
  const [x, y] = aligned(a, divisor);
  return x % y === 0n;
}

export function isWhole(a: Decimal): boolean {
  return a.exponent >= 0 || a.digits % 10n ** BigInt(-a.exponent) === 0n;
}

/** The nearest double. */
export function toNumber({ digits, exponent }: Decimal): number {
  return Number(`${digits}e${exponent}`);
}
