/**
 * An object that is created on first use and cached, for values that take long to create and are rarely needed, such
 * as the schema of an absent file.
 */
export function onFirstUse<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
