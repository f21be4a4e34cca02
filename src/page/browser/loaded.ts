import { useEffect, useState } from "preact/hooks";

/** A value that is asked for: on its way, there, or not to be had. */
export type Loaded<T> =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly value: T }
  | { readonly kind: "failed"; readonly why: string };

/**
 * Asks for a value, anew whenever one of `of` changes; what was there stays shown until the new one has come.
 * @param atHand the value where it is there already, for the first picture
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
