import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Passage } from "../../domain/viewed-run.ts";
import { count } from "../../reports/format-numbers.ts";

/** Letters that are shown at once, and that one step more adds: a text of any length is opened without waiting. */
const STEP = 40_000;

export interface PassageProps {
  readonly label: string;
  readonly passage: Passage;
  /** Letters from a place on, where the passage is cut; absent where nobody has them. */
  readonly more?: (from: number) => Promise<string>;
  readonly class?: string;
}

/** A text as it is, from its beginning; the rest when it is asked for. */
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
          {count(rest)} of {count(passage.letters)} letters are not shown
          {reachable ? "" : ": the file was kept small"}.
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
