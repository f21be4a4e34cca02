import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Opinion, ShownQuestion } from "../labelling-shapes.ts";
import { visible } from "../page-text.ts";
import { useKeys } from "./keys.ts";
import { Text, Value } from "./labelling-value.tsx";

/** An answer to judge, with the input, the expected value and, in an adjudication, the verdicts of the raters. */
export function QuestionView({ question }: { question: ShownQuestion }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  // Before the browser draws: later, it would take the focus from a comment that the user has begun, and the next letters
  // would be keys that label.
  useLayoutEffect(() => {
    scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, []);
  const { input, expected, answer, opinions = [] } = question;
  return (
    <div id="question">
      <h1 id="case" ref={heading} tabIndex={-1}>
        {visible(`Case ${question.case}`)}
      </h1>
      {opinions.length === 0 ? null : <Opinions opinions={opinions} />}
      <div class="sides">
        <div>
          <section id="input" aria-labelledby="input-title">
            <h2 id="input-title">Input</h2>
            <Value value={input} name="what was asked" />
          </section>
          {expected === undefined ? null : (
            <section id="expected" aria-labelledby="expected-title">
              <h2 id="expected-title">Expected</h2>
              <Value value={expected} name="what is expected" />
            </section>
          )}
        </div>
        <Answer text={answer} />
      </div>
    </div>
  );
}

/** Keys that scroll the answer unless another element has the focus, with the distance in pixels. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 40,
  ArrowUp: -40,
  PageDown: 400,
  PageUp: -400,
  " ": 400,
};

function Answer({ text }: { text: string }): JSX.Element {
  const section = useRef<HTMLElement>(null);
  const [verbatim, setVerbatim] = useState(false);
  const indented = indentedJson(text);
  useKeys([
    {
      keys: ["v"],
      about: "show an answer in JSON indented, or as it was written",
      act: () => (indented === null ? false : setVerbatim(!verbatim)),
    },
    {
      keys: Object.keys(STEPS),
      about: "scroll a long answer",
      act: (key, event) => {
        const block = section.current?.querySelector("pre");
        const elsewhere = event.target !== document.body && (event.target as Element).id !== "case";
        if (block == null || elsewhere || block.scrollHeight <= block.clientHeight) return false;
        block.scrollBy(0, (STEPS[key] ?? 0) * (event.shiftKey ? -1 : 1));
      },
    },
  ]);
  return (
    <section id="answer" aria-labelledby="answer-title" ref={section}>
      <h2 id="answer-title">Answer</h2>
      <Text text={indented === null || verbatim ? text : indented} name="the answer" />
      {indented === null ? null : (
        <p class="faint">
          {verbatim ? "As it was written." : "Indented for reading."}{" "}
          <button type="button" class="quiet" aria-keyshortcuts="v" onClick={() => setVerbatim(!verbatim)}>
            <kbd>v</kbd> {verbatim ? "indent it" : "as it was written"}
          </button>
        </p>
      )}
    </section>
  );
}

/** The indented form of a text that is a JSON object or list; null for other texts, and if it already has this form. */
export function indentedJson(text: string): string | null {
  try {
    const value = JSON.parse(text);
    const indented = JSON.stringify(value, null, 2);
    return value !== null && typeof value === "object" && indented !== text ? indented : null;
  } catch {
    return null;
  }
}

function Opinions({ opinions }: { opinions: readonly Opinion[] }): JSX.Element {
  return (
    <section id="opinions" aria-labelledby="opinions-title">
      <h2 id="opinions-title">What the raters decided</h2>
      {opinions.map(({ rater, verdict, criteria = {}, comment = "" }, at) => (
        <div class="opinion" key={`${at} ${rater}`}>
          <p>
            {visible(rater)}: <strong class={TONES[verdict]}>{verdict}</strong>
          </p>
          {Object.entries(criteria).map(([name, one]) => (
            <p class="faint" key={name}>
              {visible(name)}: {one}
            </p>
          ))}
          {comment === "" ? null : <p class="answer-line">{visible(comment)}</p>}
        </div>
      ))}
    </section>
  );
}

const TONES = { pass: "good", fail: "bad", unsure: "unsure" } as const;
