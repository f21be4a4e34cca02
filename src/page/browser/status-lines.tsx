import type { ComponentChildren, JSX } from "preact";
import type { Loaded } from "./loaded.ts";

/** What is shown of a value that may still be on its way. */
export function Await<T>({
  of,
  meanwhile = null,
  children,
}: {
  of: Loaded<T>;
  /** What is known before the value has come. */
  meanwhile?: ComponentChildren;
  children: (value: T) => ComponentChildren;
}): JSX.Element {
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
