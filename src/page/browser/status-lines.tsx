import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { contentShown } from "./focus.ts";
import type { Loaded } from "./loaded.ts";
import { route } from "./page-state.ts";
import { addressOf, type Route } from "./route.ts";

/** Shows a value that may still be loading. If it cannot be loaded, it says why, and links the start of the page. */
export function Await<T>({
  of,
  meanwhile = null,
  heading = null,
  children,
}: {
  of: Loaded<T>;
  /** Shown until the value has loaded. */
  meanwhile?: ComponentChildren;
  /** Shown above the reason when the value cannot be loaded: the view's heading, unless it stands there already. */
  heading?: ComponentChildren;
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
  if (of.kind === "failed")
    return (
      <>
        {heading}
        <p role="alert">This cannot be shown: {of.why}</p>
        {route.value.view === "home" ? null : (
          <WayBack to={{ view: "home" }} words="To the start of the page" />
        )}
      </>
    );
  return <>{children(of.value)}</>;
}

/** A link out of a view that has nothing to show. */
export function WayBack({ to, words }: { to: Route; words: string }): JSX.Element {
  return (
    <p>
      <a href={addressOf(to)}>{words}</a>
    </p>
  );
}
