/**
 * The item at a place that is there. A default in its stead would turn a wrong place into case 0 or into nothing.
 * @throws {RangeError} for a place that is not there
 */
export function itemAt<T>(list: ArrayLike<T>, index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`There is no place ${index} in a list of ${list.length}.`);
  return item;
}
