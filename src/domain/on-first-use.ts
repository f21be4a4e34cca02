/**
 * Creates a value on first use and caches it, `undefined` and `null` included. For values that take long to create and
 * that few runs need, such as the schema of a file that is absent.
 */
export function onFirstUse<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
