/**
 * The item at an index that must exist. The alternative `list[index] ?? 0` would hide a wrong index: it would silently
 * mean case 0, or no case.
 *
 * @throws {RangeError} for an index out of range
 */
export function itemAt<T>(list: ArrayLike<T>, index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`no item at index ${index} of a list of ${list.length}`);
  return item;
}
