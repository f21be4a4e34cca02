import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type KeyBinding, openBindings } from "./keys.ts";
import { NUMBERS, STATUSES } from "./query.ts";

/** The keyboard shortcuts of the current view, and the search syntax. */
export function Help({ close }: { close: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [bindings] = useState<readonly KeyBinding[]>(openBindings);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onClose={close}>
      <h2 id="help-title">Keys</h2>
      <dl>
        {bindings.map(({ keys, about }) => (
          <div key={about}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{keyName(key)}</kbd>
              ))}
            </dt>
            <dd>{about}</dd>
          </div>
        ))}
      </dl>
      {bindings.some(({ keys }) => keys.includes("/")) ? <SearchHelp /> : null}
      <form method="dialog">
        <button type="submit">close</button>
      </form>
    </dialog>
  );
}

/** Explains the search syntax of the list of cases. */
function SearchHelp(): JSX.Element {
  return (
    <>
      <h2>Search</h2>
      <p>
        <code>tag:billing broke score.tone&lt;0.5 "late parcel"</code>: all conditions must hold;{" "}
        <code>-</code> before a condition reverses it. Any other word is searched for in ids, tags, inputs and
        answers.
      </p>
      <dl>
        {Object.entries(STATUSES).map(([word, about]) => (
          <div key={word}>
            <dt>
              <code>{word}</code>
            </dt>
            <dd>{about}</dd>
          </div>
        ))}
        {Object.entries(NUMBERS).map(([word, about]) => (
          <div key={word}>
            <dt>
              <code>{word}&lt;0.5</code>
            </dt>
            <dd>{about}</dd>
          </div>
        ))}
        <div>
          <dt>
            <code>score.NAME&gt;=0.8</code>
          </dt>
          <dd>mean score of a scorer over the case's trials</dd>
        </div>
        <div>
          <dt>
            <code>class:tool-choice</code>
          </dt>
          <dd>a trial of the case failed in this way</dd>
        </div>
        <div>
          <dt>
            <code>case:refund-*</code>
          </dt>
          <dd>the id of the case has this form; * stands for any characters</dd>
        </div>
      </dl>
    </>
  );
}

const NAMES: Readonly<Record<string, string>> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
};

const keyName = (key: string): string => NAMES[key] ?? key;
