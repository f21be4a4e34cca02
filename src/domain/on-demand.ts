/** Creates a value on first use and caches it: a schema that few runs need takes too long to build at startup. */
export function onDemand<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
