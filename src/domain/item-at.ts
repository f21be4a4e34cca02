/**
 * The item at an index that must exist. A default value would turn a wrong index into case 0 or nothing.
 *
 * @throws {RangeError} for an index out of range
 */
export function itemAt<T>(list: ArrayLike<T>, index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`There is no place ${index} in a list of ${list.length}.`);
  return item;
}
