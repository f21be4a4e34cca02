/**
 * Makes a value when it is first asked for, and only once: a schema of a file that few runs read takes longer to build than
 * such a run has for it.
 */
export function onDemand<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
