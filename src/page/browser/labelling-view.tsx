import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { SessionState } from "../labelling-shapes.ts";
import { visible } from "../page-text.ts";
import { useKeys } from "./keys.ts";
import { LabellingBar, UndoButton } from "./labelling-bar.tsx";
import { type LabellingClient, RETRY } from "./labelling-client.ts";
import { QuestionView } from "./labelling-question.tsx";
import { countsLine, purposeLine } from "./labelling-words.ts";

export interface LabellingViewProps {
  readonly client: LabellingClient;
  /** Whether the program that serves the page ends when the session ends. */
  readonly ends: boolean;
}

/** Shows the answers of a run one after the other, to be judged by keyboard. */
export function LabellingView({ client, ends }: LabellingViewProps): JSX.Element {
  useEffect(() => {
    void client.begin();
    const timer = setInterval(() => void client.lookAgain(), RETRY);
    return () => clearInterval(timer);
  }, [client]);
  const state = client.state.value;
  const trouble = client.trouble.value;
  useEffect(() => {
    if (state !== null) document.title = visible(`${state.done}/${state.total} · ${state.suite} · labels`);
  }, [state]);
  return (
    <div class="labelling">
      {state === null ? <h1 tabIndex={-1}>Labels</h1> : <Progress state={state} />}
      <p id="trouble" role="alert" hidden={trouble === ""}>
        {trouble}
      </p>
      <p id="notice" role="status">
        {client.notice.value}
      </p>
      {state === null ? null : <Shown client={client} state={state} ends={ends} />}
    </div>
  );
}

function Progress({ state }: { state: SessionState }): JSX.Element {
  return (
    <div class="session">
      <p>
        <strong id="suite">{visible(state.suite)}</strong>{" "}
        <span class="faint">{visible(purposeLine(state))}</span>
      </p>
      <p class="progress">
        <progress aria-label="progress" max={Math.max(1, state.total)} value={state.done} />{" "}
        <span id="progress">
          {state.done} of {state.total}
        </span>
      </p>
    </div>
  );
}

function Shown({ client, state, ends }: LabellingViewProps & { state: SessionState }): JSX.Element {
  const { question } = state;
  if (client.over.value) return <h1 id="end-title">The session has ended.</h1>;
  if (question === null) return <EndView client={client} state={state} ends={ends} />;
  const key = client.shown.value;
  return (
    <>
      <QuestionView key={`question ${key}`} question={question} />
      <LabellingBar key={`bar ${key}`} client={client} state={state} question={question} />
      <p class="faint legend">
        Every label is stored on disk before the next answer is shown, so closing the page loses nothing.
      </p>
    </>
  );
}

function EndView({ client, state, ends }: LabellingViewProps & { state: SessionState }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const { total, skipped, agreement } = state;
  const again = (): unknown => (skipped === 0 ? false : client.take({ act: "again" }));
  const end = (): unknown => client.take({ act: "end" });
  useKeys([
    { keys: ["a"], once: true, about: "ask the skipped answers again", act: again },
    { keys: ["Enter"], once: true, about: "finish", act: end },
  ]);
  return (
    <>
      <h1 id="end-title" ref={heading} tabIndex={-1}>
        {total === 0 ? "Nothing is left to judge." : `All ${total} answers are done.`}
      </h1>
      <p id="counts">{countsLine(state, ends)}</p>
      {agreement === null ? null : (
        <p>
          Of the answers that you judged twice, {agreement.same} of {agreement.of} got the same verdict both
          times.
        </p>
      )}
      <p class="acts">
        {skipped === 0 ? null : (
          <button type="button" data-act="again" aria-keyshortcuts="a" onClick={again}>
            <kbd>a</kbd> ask the {skipped} skipped again
          </button>
        )}
        <UndoButton client={client} state={state} />
        <button type="button" data-act="end" aria-keyshortcuts="Enter" onClick={end}>
          <kbd>Enter</kbd> finish
        </button>
      </p>
    </>
  );
}
