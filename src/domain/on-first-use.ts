/**
 * A value that is made when it is first asked for, and once. For what takes long to make and most starts do not need, such
 * as the schema of a file that is not there.
 */
export function onFirstUse<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
