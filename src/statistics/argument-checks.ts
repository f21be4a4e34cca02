/**
 * Checks a count.
 *
 * @throws {RangeError} unless `value` is an integer, at least `least`
 */
export function requireCount(name: string, value: number, least = 0): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${name} must be an integer of at least ${least}, not ${value}`);
  }
}

/**
 * Checks a probability or proportion.
 *
 * @throws {RangeError} unless `value` is in [0, 1], ends included
 */
export function requireProportion(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) {
    throw new RangeError(`${name} must be in [0, 1], not ${value}`);
  }
}

/**
 * Checks a level such as alpha, a confidence or a power, for which both ends are meaningless.
 *
 * @throws {RangeError} unless `value` is in (0, 1), ends excluded
 */
export function requireLevel(name: string, value: number): void {
  if (!(value > 0 && value < 1)) {
    throw new RangeError(`${name} must be between 0 and 1, both excluded, not ${value}`);
  }
}

/**
 * Checks a positive, finite number.
 *
 * @throws {RangeError} unless `value` is in (0, Infinity)
 */
export function requirePositive(name: string, value: number): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${name} must be a positive finite number, not ${value}`);
  }
}

/**
 * Checks the number of things with some property among `whole` things.
 *
 * @throws {RangeError} unless both are integers and 0 <= part <= whole
 */
export function requirePart(name: string, part: number, whole: number): void {
  requireCount(name, part);
  if (part > whole) throw new RangeError(`${name} must be at most ${whole}, not ${part}`);
}

/**
 * Checks that columns have the same length.
 *
 * @throws {RangeError} unless every column has the length of the first
 */
export function requireSameLength(columns: Readonly<Record<string, ArrayLike<unknown>>>): void {
  const lengths = Object.values(columns).map((column) => column.length);
  if (lengths.some((length) => length !== lengths[0])) {
    throw new RangeError(
      `${Object.keys(columns).join(", ")} must be equally long, not ${lengths.join(", ")}`,
    );
  }
}
