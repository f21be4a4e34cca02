/**
 * The number at an index that must exist. A default value would turn a wrong index into a plausible result.
 *
 * @throws {RangeError} for an index out of range
 */
export function numberAt(list: ArrayLike<number>, index: number): number {
  const value = list[index];
  if (value === undefined) throw new RangeError(`There is no number ${index} in a list of ${list.length}.`);
  return value;
}
