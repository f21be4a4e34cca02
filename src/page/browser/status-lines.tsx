import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { contentShown } from "./focus.ts";
import type { Loaded } from "./loaded.ts";

/** Shows a value that may still be loading. */
export function Await<T>({
  of,
  meanwhile = null,
  children,
}: {
  of: Loaded<T>;
  /** Shown until the value has loaded. */
  meanwhile?: ComponentChildren;
  children: (value: T) => ComponentChildren;
}): JSX.Element {
  useLayoutEffect(contentShown, [of.kind]);
  if (of.kind === "loading")
    return (
      <>
        {meanwhile}
        <p class="faint">Reading …</p>
      </>
    );
  if (of.kind === "failed") return <p role="alert">This cannot be shown: {of.why}</p>;
  return <>{children(of.value)}</>;
}
