import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ViewedCase, ViewedSide, ViewedTrial } from "../../domain/viewed-run.ts";
import { plural } from "../../reports/format-numbers.ts";
import type { CaseColumns } from "./case-columns.ts";
import { ChangeWord } from "./case-list.tsx";
import { useKeys } from "./keys.ts";
import { type Loaded, useLoaded } from "./loaded.ts";
import { Marks } from "./marks.tsx";
import { go, listOf, revision, searchWanted } from "./page-state.ts";
import { PassageView } from "./passage-view.tsx";
import { addressOf } from "./route.ts";
import { useColumns } from "./run-view.tsx";
import { type Piece, sideDiff } from "./side-diff.ts";
import type { PageSource } from "./source.ts";
import { Await, WayBack } from "./status-lines.tsx";
import { TrialFactLine, TrialScores } from "./trial-facts.tsx";

export interface CaseViewProps {
  readonly source: PageSource;
  readonly runKey: string;
  readonly id: string;
}

/** One case: its input, its expected value, and both sides' answers side by side with their differences. */
export function CaseView({ source, runKey, id }: CaseViewProps): JSX.Element {
  const columns = useColumns(source, runKey);
  const index = columns.kind === "ready" ? columns.value.placeOf(id) : undefined;
  useNeighbours(columns, runKey, id);
  return (
    <>
      <h1 tabIndex={-1}>
        {id}{" "}
        {columns.kind === "ready" && index !== undefined ? (
          <Moved columns={columns.value} place={index} />
        ) : null}
      </h1>
      <Await of={columns}>
        {(known) =>
          index === undefined ? (
            <NoSuchCase runKey={runKey} />
          ) : (
            <CaseBody source={source} runKey={runKey} place={index} asked={known.inputOf(index)} />
          )
        }
      </Await>
    </>
  );
}

/** Said of a case that the run does not have. */
export function NoSuchCase({ runKey }: { runKey: string }): JSX.Element {
  return (
    <>
      <p role="alert">The run has no case of this name.</p>
      <WayBack to={{ view: "run", key: runKey, query: "" }} words="To the cases of the run" />
    </>
  );
}

/** The change of a case with the marks of its trials before and now: `broke ●●●●● → ○○○○○`. */
function Moved({ columns, place: index }: { columns: CaseColumns; place: number }): JSX.Element {
  const before = columns.marksBefore(index);
  return (
    <>
      <ChangeWord change={columns.changeOf(index)} sure={columns.isSure(index)} />{" "}
      {before === null || before === "" ? null : (
        <>
          <Marks name="before" marks={before} /> →{" "}
        </>
      )}
      <Marks name="now" marks={columns.marksOf(index)} />
    </>
  );
}

interface CaseBodyProps extends Omit<CaseViewProps, "id"> {
  readonly place: number;
  /** The start of the input, shown while the case is loading. */
  readonly asked: string;
}

function CaseBody({ source, runKey, place: index, asked }: CaseBodyProps): JSX.Element {
  const one = useLoaded(() => source.caseAt(runKey, index), [runKey, index, revision.value]);
  return (
    <Await of={one} meanwhile={<p>{asked}</p>}>
      {(value) =>
        value === null ? (
          <p>The answers of this case were left out to keep the file small. The command below shows them.</p>
        ) : (
          <>
            <CaseTexts one={value} />
            <Sides runKey={runKey} one={value} />
          </>
        )
      }
    </Await>
  );
}

/** Lets `j` and `k` go to the next and the previous case among those that the search found, as in the list. */
function useNeighbours(columns: Loaded<CaseColumns>, runKey: string, id: string): void {
  const state = listOf(runKey);
  const step = (by: number): boolean => {
    if (columns.kind !== "ready") return false;
    const hits = state.hits.value;
    const at = hits.indexOf(columns.value.placeOf(id) ?? -1);
    const next = at === -1 ? undefined : hits[at + by];
    if (next === undefined) return false;
    state.selected.value = at + by;
    go({ view: "case", key: runKey, id: columns.value.idOf(next) });
    return true;
  };
  useKeys([
    { keys: ["j"], about: "the next case that the search found", act: () => step(1) },
    { keys: ["k"], about: "the previous case that the search found", act: () => step(-1) },
    {
      keys: ["/"],
      about: "search in the list",
      act: () => {
        searchWanted.value = true;
        go({ view: "run", key: runKey, query: state.query.value });
      },
    },
  ]);
}

function CaseTexts({ one }: { one: ViewedCase }): JSX.Element {
  return (
    <section class="texts" aria-label="what was asked">
      <div>
        <h2>Input</h2>
        <PassageView label="input" passage={one.input} />
      </div>
      {one.expected === null ? null : (
        <div>
          <h2>Expected</h2>
          <PassageView label="expected" passage={one.expected} />
        </div>
      )}
    </section>
  );
}

/**
 * Index of the trial that shows a change best: a failed trial on the side that passes fewer trials, a passed trial on
 * the other side.
 */
function informativeTrial(side: ViewedSide, passing: boolean): number {
  const at = side.trials.findIndex(({ outcome }) => outcome === (passing ? "passed" : "failed"));
  return Math.max(0, at);
}

function shareOf(side: ViewedSide): number {
  const [passed, all] = side.trials.reduce(
    ([good, sum], { outcome, times }) => [good + (outcome === "passed" ? times : 0), sum + times],
    [0, 0],
  );
  return all === 0 ? 0 : passed / all;
}

/** Shows one trial of each side next to each other; the two texts scroll together. */
function Sides({ runKey, one }: { runKey: string; one: ViewedCase }): JSX.Element {
  const { now, before } = one;
  const better = before !== null && shareOf(now) > shareOf(before);
  const [nowAt, setNow] = useState(() => informativeTrial(now, better));
  const [beforeAt, setBefore] = useState(() => (before === null ? 0 : informativeTrial(before, !better)));
  const step = (at: number, by: number, { trials }: ViewedSide): number =>
    Math.max(0, Math.min(trials.length - 1, at + by));
  useKeys([
    { keys: ["ArrowRight", "l"], about: "the next trial", act: () => setNow(step(nowAt, 1, now)) },
    { keys: ["ArrowLeft", "h"], about: "the previous trial", act: () => setNow(step(nowAt, -1, now)) },
    ...(before === null
      ? []
      : [
          {
            keys: ["]"],
            about: "the next trial of the other side",
            act: () => setBefore(step(beforeAt, 1, before)),
          },
          {
            keys: ["["],
            about: "the previous trial of the other side",
            act: () => setBefore(step(beforeAt, -1, before)),
          },
        ]),
    {
      keys: ["Enter", "o"],
      about: "open the whole trial",
      act: () => {
        const trial = now.trials[nowAt];
        if (trial === undefined) return false;
        return go({ view: "trial", key: runKey, id: one.id, side: "now", trial: trial.trial });
      },
    },
  ]);
  const shown = { now: now.trials[nowAt], before: before?.trials[beforeAt] };
  const texts = { now: answerOf(shown.now), before: answerOf(shown.before) };
  const pieces = useMemo(
    () => (shown.before === undefined || shown.now === undefined ? null : sideDiff(texts.before, texts.now)),
    [texts.before, texts.now],
  );
  const pair = useScrolledTogether([texts.before, texts.now]);
  return (
    <>
      <section class={before === null ? "sides one" : "sides"} aria-label="answers">
        {before === null ? null : (
          <Side
            {...{ runKey, id: one.id, which: "before", side: before, at: beforeAt, choose: setBefore }}
            pieces={pieces?.before ?? null}
            box={pair.before}
          />
        )}
        <Side
          {...{ runKey, id: one.id, which: "now", side: now, at: nowAt, choose: setNow }}
          pieces={pieces?.now ?? null}
          box={pair.now}
        />
      </section>
      <p class="legend">
        {pieces === null
          ? ""
          : texts.before === texts.now
            ? "The two answers are the same."
            : "Differences are highlighted; ▸ marks the first one."}
      </p>
      <Distinct one={one} />
    </>
  );
}

function answerOf(trial: ViewedTrial | undefined): string {
  return trial?.output?.text ?? trial?.error?.message ?? "";
}

interface SideProps {
  readonly runKey: string;
  readonly id: string;
  readonly which: "now" | "before";
  readonly side: ViewedSide;
  readonly at: number;
  readonly choose: (at: number) => void;
  readonly pieces: readonly Piece[] | null;
  readonly box: { current: HTMLPreElement | null };
}

function Side({ runKey, id, which, side, at, choose, pieces, box }: SideProps): JSX.Element {
  const trial = side.trials[at];
  return (
    <div class="side">
      <h2>
        {which === "now" ? "Now" : "Before"} <span class="faint">{side.name}</span>
      </h2>
      <div class="trials" role="group" aria-label={`trials ${which}`}>
        {side.trials.map((one, index) => (
          <button
            key={one.trial}
            type="button"
            aria-pressed={index === at}
            aria-label={`trial ${one.trial} ${which}: ${one.outcome}`}
            onClick={() => choose(index)}
          >
            <Marks name="" marks={LETTERS[one.outcome]} />
            {one.times > 1 ? ` ×${one.times}` : ""}
          </button>
        ))}
      </div>
      {trial === undefined ? (
        <p class="faint">There is no answer to show.</p>
      ) : (
        <>
          <pre class="answer" tabIndex={0} role="region" aria-label={`answer ${which}`} ref={box}>
            {trial.error === null ? null : <span class="unsure">{trial.error.kind}: </span>}
            {pieces === null ? answerOf(trial) : <Pieces pieces={pieces} />}
          </pre>
          {trial.output !== null && trial.output.text.length < trial.output.letters ? (
            <p class="faint">Only the start of the answer is shown. Open the whole trial to read the rest.</p>
          ) : null}
          <TrialScores trial={trial} />
          <TrialFactLine trial={trial} />
          {side.run === null ? null : (
            <p>
              <a href={addressOf({ view: "trial", key: runKey, id, side: which, trial: trial.trial })}>
                trial {trial.trial}, whole
              </a>
            </p>
          )}
        </>
      )}
    </div>
  );
}

const LETTERS = { passed: "p", failed: "f", errored: "e", unscored: "?" } as const;

function Pieces({ pieces }: { pieces: readonly Piece[] }): JSX.Element {
  return (
    <>
      {pieces.map(({ kind, text, first }, at) => {
        const key = `${at} ${kind}`;
        if (kind === "same") return <span key={key}>{text}</span>;
        return (
          <mark key={key} class={first ? "first" : ""}>
            {text}
          </mark>
        );
      })}
    </>
  );
}

/** References for two boxes that scroll together, both starting at the first difference between their texts. */
function useScrolledTogether(texts: readonly string[]) {
  const before = useRef<HTMLPreElement>(null);
  const now = useRef<HTMLPreElement>(null);
  useEffect(() => {
    const boxes = [before.current, now.current].flatMap((box) => (box === null ? [] : [box]));
    const [one, other] = boxes;
    for (const box of boxes) {
      const first = box.querySelector<HTMLElement>(".first");
      box.scrollTop = first === null ? 0 : Math.max(0, first.offsetTop - box.offsetTop - 40);
    }
    if (one === undefined || other === undefined) return;
    let leader: HTMLElement | null = null;
    const follow = (from: HTMLElement, to: HTMLElement) => (): void => {
      if (leader !== null && leader !== from) return;
      leader = from;
      to.scrollTop = from.scrollTop + offsetBetween(from, to);
      setTimeout(() => {
        leader = null;
      }, 60);
    };
    const [first, second] = [follow(one, other), follow(other, one)];
    one.addEventListener("scroll", first, { passive: true });
    other.addEventListener("scroll", second, { passive: true });
    return () => {
      one.removeEventListener("scroll", first);
      other.removeEventListener("scroll", second);
    };
  }, texts);
  return { before, now };
}

/**
 * How much lower, in pixels, the first difference between the texts is in the box `to` than in the box `from`; negative
 * when it is higher.
 */
function offsetBetween(from: HTMLElement, to: HTMLElement): number {
  const place = (box: HTMLElement): number =>
    (box.querySelector<HTMLElement>(".first")?.offsetTop ?? box.offsetTop) - box.offsetTop;
  return place(to) - place(from);
}

/** A table of the distinct answers, with the number of trials of each side that gave each answer. */
function Distinct({ one: { now, before } }: { one: ViewedCase }): JSX.Element | null {
  const groups = distinctAnswers(now, before);
  if (groups.length < 2) return null;
  return (
    <details class="distinct">
      <summary>{plural(groups.length, "distinct answer")}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">answer</th>
            {before === null ? null : (
              <th scope="col" class="number">
                before
              </th>
            )}
            <th scope="col" class="number">
              now
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.slice(0, 50).map((group) => (
            <tr key={group.text}>
              <td class="answer-line">{group.text.slice(0, 300)}</td>
              {before === null ? null : <td class="number">{group.before}</td>}
              <td class="number">{group.now}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

interface AnswerGroup {
  readonly text: string;
  now: number;
  before: number;
}

/** The distinct answers of both sides with their numbers of trials, the most frequent first. */
export function distinctAnswers(now: ViewedSide, before: ViewedSide | null): readonly AnswerGroup[] {
  const groups = new Map<string, AnswerGroup>();
  for (const [side, list] of [
    ["before", before?.trials ?? []],
    ["now", now.trials],
  ] as const)
    for (const trial of list) {
      if (trial.output === null) continue;
      const group = groups.get(trial.output.text) ?? { text: trial.output.text, now: 0, before: 0 };
      group[side] += trial.times;
      groups.set(group.text, group);
    }
  return [...groups.values()].sort((a, b) => b.now + b.before - a.now - a.before);
}
