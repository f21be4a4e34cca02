/**
 * Adds `value` with twice the precision of a double, so that a total does not depend on the order of its parts. A
 * resumed run, a scan of the store, a baseline file and the run itself must print the same digits.
 *
 * Source: Dekker 1971 (double-double addition) with Knuth's two-sum.
 *
 * @param lost the rounding error of `sum` so far
 * @returns the new sum and its rounding error
 */
export function addExactly(sum: number, lost: number, value: number): [sum: number, lost: number] {
  const rounded = sum + value;
  const part = rounded - sum;
  const rest = lost + (sum - (rounded - part)) + (value - part);
  const total = rounded + rest;
  return [total, rest - (total - rounded)];
}

/** A sum that does not depend on the order of its parts. */
export function exactSum(values: Iterable<number>): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) [sum, lost] = addExactly(sum, lost, value);
  return sum;
}
