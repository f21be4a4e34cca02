import { useEffect, useState } from "preact/hooks";

/** A requested value: loading, loaded, or failed. */
export type Loaded<T> =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly value: T }
  | { readonly kind: "failed"; readonly why: string };

/**
 * Requests a value, and requests it again whenever an element of `of` changes. The previous value is returned until
 * the new one has loaded.
 *
 * @param atHand returns the value if it is already available, for the first rendering; otherwise null
 */
export function useLoaded<T>(
  load: () => Promise<T>,
  of: readonly unknown[],
  atHand: () => T | null = () => null,
): Loaded<T> {
  const [state, setState] = useState<Loaded<T>>(() => {
    const value = atHand();
    return value === null ? { kind: "loading" } : { kind: "ready", value };
  });
  useEffect(() => {
    let wanted = true;
    load().then(
      (value) => wanted && setState({ kind: "ready", value }),
      (error: unknown) =>
        wanted && setState({ kind: "failed", why: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      wanted = false;
    };
  }, of);
  return state;
}
