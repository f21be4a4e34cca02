import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { SessionState, ShownQuestion } from "../labelling-shapes.ts";
import { visible } from "../page-text.ts";
import { useKeys } from "./keys.ts";
import type { Draft, LabellingClient } from "./labelling-client.ts";
import { commentWord, VERDICTS, type Verdict, verdictWord } from "./labelling-words.ts";

const LETTERS: Readonly<Record<Verdict, string>> = { pass: "p", fail: "f", unsure: "u" };

interface BarProps {
  readonly client: LabellingClient;
  readonly state: SessionState;
  readonly question: ShownQuestion;
}

/** The form for judging an answer: criteria, comment, verdict. */
export function LabellingBar({ client, state, question }: BarProps): JSX.Element {
  const [draft, setDraft] = useState<Draft>(() => client.draftOf(question));
  const field = useRef<HTMLTextAreaElement>(null);
  const { purpose } = state;
  const change = (next: Draft): void => {
    setDraft(next);
    client.keepDraft(question.id, next);
  };
  const setCriterion = (name: string, verdict: Verdict | undefined): void => {
    const { [name]: _, ...others } = draft.criteria ?? {};
    change({ ...draft, criteria: verdict === undefined ? others : { ...others, [name]: verdict } });
    client.note(`${name}: ${verdict ?? "not given"}`);
  };
  const numbered = state.criteria.slice(0, 9);
  const meanings: Readonly<Record<Verdict, string>> = {
    pass: verdictWord(purpose, "pass"),
    fail: verdictWord(purpose, "fail"),
    unsure: `${verdictWord(purpose, "unsure")}: you cannot decide`,
  };
  useKeys([
    ...VERDICTS.map((verdict) => ({
      keys: [LETTERS[verdict]],
      once: true,
      about: meanings[verdict],
      act: () => client.judge(verdict, draft),
    })),
    {
      keys: ["s"],
      once: true,
      about: "skip: leave this answer without a label; at the end you can ask for skipped answers again",
      act: () => client.take({ act: "skip", id: question.id }),
    },
    { keys: ["c"], about: "write a comment; Esc leaves the field", act: () => field.current?.focus() },
    ...(numbered.length === 0
      ? []
      : [
          {
            keys: numbered.map((_, at) => String(at + 1)),
            about: "judge a criterion; each press sets the next of pass, fail, unsure, not given",
            act: (key: string) => {
              const { name } = numbered[Number(key) - 1] ?? {};
              if (name === undefined) return false;
              const before = draft.criteria?.[name];
              setCriterion(name, VERDICTS[before === undefined ? 0 : VERDICTS.indexOf(before) + 1]);
            },
          },
        ]),
  ]);
  return (
    <div class="judging">
      {state.criteria.length === 0 ? null : (
        <fieldset id="criteria">
          <legend>Criteria</legend>
          {state.criteria.map((one, at) => (
            <Criterion
              key={one.name}
              {...one}
              at={at}
              given={draft.criteria?.[one.name]}
              set={setCriterion}
            />
          ))}
        </fieldset>
      )}
      <label class="comment">
        <span>
          {commentWord(purpose)} <kbd>c</kbd>
        </span>
        <textarea
          ref={field}
          id="comment"
          rows={1}
          maxLength={20_000}
          value={draft.comment ?? ""}
          onInput={({ currentTarget }) => change({ ...draft, comment: currentTarget.value })}
          onKeyDown={(event) => {
            const sends = event.key === "Enter" && (event.ctrlKey || event.metaKey);
            if (event.key !== "Escape" && !sends) return;
            event.preventDefault();
            document.getElementById("case")?.focus({ preventScroll: true });
          }}
        />
      </label>
      <p class="acts">
        {VERDICTS.map((verdict) => (
          <button
            type="button"
            key={verdict}
            class={verdict}
            data-act={verdict}
            aria-keyshortcuts={LETTERS[verdict]}
            disabled={client.waits.value}
            onClick={() => client.judge(verdict, draft)}
          >
            <kbd>{LETTERS[verdict]}</kbd> {verdictWord(purpose, verdict)}
          </button>
        ))}
        <button
          type="button"
          data-act="skip"
          aria-keyshortcuts="s"
          disabled={client.waits.value}
          onClick={() => void client.take({ act: "skip", id: question.id })}
        >
          <kbd>s</kbd> skip
        </button>
        <UndoButton client={client} state={state} />
      </p>
    </div>
  );
}

interface CriterionProps {
  readonly name: string;
  readonly about: string;
  readonly at: number;
  readonly given: Verdict | undefined;
  readonly set: (name: string, verdict: Verdict | undefined) => void;
}

function Criterion({ name, about, at, given, set }: CriterionProps): JSX.Element {
  return (
    <div class="criterion" role="group" aria-label={visible(name)}>
      <span>
        {at < 9 ? <kbd>{at + 1}</kbd> : null} <strong>{visible(name)}</strong>{" "}
        <span class="faint">{visible(about)}</span>
      </span>
      {VERDICTS.map((verdict) => (
        <button
          type="button"
          key={verdict}
          aria-pressed={given === verdict}
          onClick={() => set(name, given === verdict ? undefined : verdict)}
        >
          {verdict}
        </button>
      ))}
    </div>
  );
}

/** The button that undoes the last step. */
export function UndoButton({ client, state }: { client: LabellingClient; state: SessionState }): JSX.Element {
  // Reads the state from the client and not from the property `state`: the key may be pressed when the newest step is
  // stored, but this button is not yet drawn again.
  const act = (): unknown => {
    const now = client.state.value;
    return now?.canUndo === true ? client.take({ act: "undo", done: now.done }) : false;
  };
  useKeys([{ keys: ["z"], once: true, about: "undo the last step", act }]);
  return (
    <button
      type="button"
      data-act="undo"
      aria-keyshortcuts="z"
      disabled={client.waits.value || !state.canUndo}
      onClick={act}
    >
      <kbd>z</kbd> undo
    </button>
  );
}
