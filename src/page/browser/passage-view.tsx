import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Passage } from "../../domain/viewed-run.ts";
import { count } from "../../reports/format-numbers.ts";

/** Number of characters that are shown at first, and that each step adds. So a text of any length opens immediately. */
const STEP = 40_000;

export interface PassageProps {
  readonly label: string;
  readonly passage: Passage;
  /** Loads the characters of a truncated passage from index `from` on; absent when they are not available. */
  readonly more?: (from: number) => Promise<string>;
  readonly class?: string;
}

/** The start of a text, and the rest on demand. */
export function PassageView({ label, passage, more, class: name = "" }: PassageProps): JSX.Element {
  const [shown, setShown] = useState(STEP);
  const [added, setAdded] = useState("");
  const text = passage.text + added;
  const showMore = async (): Promise<void> => {
    if (shown >= text.length && more !== undefined) setAdded(added + (await more(text.length)));
    setShown(shown + STEP);
  };
  const rest = passage.letters - Math.min(shown, text.length);
  const reachable = more !== undefined || shown < text.length;
  return (
    <>
      {passage.letters === 0 ? (
        <p class="faint">nothing: an empty text</p>
      ) : (
        <Block label={label} name={name}>
          {text.slice(0, shown)}
        </Block>
      )}
      {rest > 0 ? (
        <p class="faint">
          {reachable ? (
            <button type="button" onClick={() => void showMore()}>
              show more
            </button>
          ) : null}{" "}
          {count(rest)} of {count(passage.letters)} characters are not shown
          {reachable ? "" : ": they were left out to keep the file small"}.
        </p>
      ) : null}
    </>
  );
}

/** A block of text that can be scrolled by the keyboard. */
export function Block({
  label,
  name = "",
  children,
}: {
  label: string;
  name?: string;
  children: JSX.Element | string | readonly JSX.Element[];
}): JSX.Element {
  return (
    <pre class={name} tabIndex={0} role="region" aria-label={label}>
      {children}
    </pre>
  );
}
