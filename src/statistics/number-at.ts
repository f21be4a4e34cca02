/**
 * The number at an index that is there. A default in its stead would turn a wrong index into a result that looks right.
 * @throws {RangeError} for an index that is not there
 */
export function numberAt(list: ArrayLike<number>, index: number): number {
  const value = list[index];
  if (value === undefined) throw new RangeError(`There is no number ${index} in a list of ${list.length}.`);
  return value;
}
