import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { count, plural } from "../../reports/format-numbers.ts";
import type { CaseColumns, Change } from "./case-columns.ts";
import type { Loaded } from "./loaded.ts";
import { Marks } from "./marks.tsx";
import { type Order, orderedPlaces } from "./order-cases.ts";
import { go, type ListState, listOf, retitle } from "./page-state.ts";
import { findPlaces, hasStatus, notConditions, parseQuery, STATUSES, type Status, textsOf } from "./query.ts";
import { addressOf } from "./route.ts";
import { SearchField } from "./search-field.tsx";
import type { PageSource } from "./source.ts";
import { Await } from "./status-lines.tsx";
import { useTextSearch } from "./text-search.ts";
import { VirtualGrid } from "./virtual-grid.tsx";

export interface CaseListProps {
  readonly source: PageSource;
  readonly runKey: string;
  /** The index of the run's cases; the search field can be used before this index has loaded. */
  readonly index: Loaded<CaseColumns>;
  readonly query: string;
}

/**
 * The cases of a run, worst first: a search field, a button for each status, and a row for each case with the
 * trials of both sides.
 */
export function CaseList({ source, runKey, index, query }: CaseListProps): JSX.Element {
  const state = listOf(runKey);
  const columns = index.kind === "ready" ? index.value : null;
  useEffect(() => {
    if (query !== "") state.query.value = query;
  }, [query]);
  const { hits, busy } = useHits(source, runKey, columns);
  const entered = useEntered(state, hits, columns !== null);
  const search = (text: string): void => {
    if (text === state.query.value) return;
    state.query.value = text;
    state.selected.value = -1;
    retitle({ view: "run", key: runKey, query: text });
  };
  return (
    <>
      <SearchField
        value={state.query.value}
        change={search}
        enter={entered}
        placeholder='search: tag:billing broke score.tone<0.5 "late parcel"'
        status={columns === null ? "" : statusText(hits.length, columns.size, busy)}
      />
      <Await of={index}>
        {(known) => (
          <>
            <StatusButtons columns={known} query={state.query.value} search={search} />
            <NotConditions words={notConditions(state.query.value, known.scorers)} />
            {known.leftOut === "" ? null : <p class="faint">{known.leftOut} The history has everything.</p>}
            <CaseRows runKey={runKey} columns={known} hits={hits} />
          </>
        )}
      </Await>
    </>
  );
}

/** Says which words of a search were probably meant as conditions and are none. */
function NotConditions({ words }: { words: readonly string[] }): JSX.Element | null {
  if (words.length === 0) return null;
  return (
    <p class="faint" role="status">
      {words.map((word) => `"${word}"`).join(", ")}{" "}
      {words.length === 1 ? "is no condition" : "are no conditions"} of this run. <kbd>?</kbd> lists the
      conditions.
    </p>
  );
}

function statusText(hits: number, all: number, busy: boolean): string {
  const found = hits === all ? plural(all, "case") : `${count(hits)} of ${plural(all, "case")}`;
  return busy ? `${found}, searching the answers …` : found;
}

const NOTHING: readonly number[] = [];

/** The indices of the cases that the search finds, in the list's order. */
function useHits(source: PageSource, runKey: string, columns: CaseColumns | null) {
  const state = listOf(runKey);
  const terms = useMemo(() => parseQuery(state.query.value), [state.query.value]);
  const { found, busy } = useTextSearch(source, runKey, textsOf(terms));
  const indexes = useMemo(
    () => (columns === null ? null : orderedPlaces(columns, state.order.value, state.down.value)),
    [columns, state.order.value, state.down.value],
  );
  const hits = useMemo(
    () => (columns === null || indexes === null ? NOTHING : findPlaces(columns, indexes, terms, found)),
    [columns, indexes, terms, found],
  );
  useEffect(() => {
    state.hits.value = hits;
  }, [hits]);
  return { hits, busy };
}

/**
 * Returns the action of Enter in the search field: as soon as the hits are known, the first hit is selected and the
 * list focused.
 */
function useEntered(state: ListState, hits: readonly number[], ready: boolean): () => void {
  const [waits, setWaits] = useState(false);
  useEffect(() => {
    if (!waits || !ready) return;
    state.selected.value = hits.length > 0 ? 0 : -1;
    document.querySelector<HTMLElement>(".grid")?.focus({ preventScroll: true });
    setWaits(false);
  }, [waits, hits, ready]);
  return () => setWaits(true);
}

function CaseRows({
  runKey,
  columns,
  hits,
}: {
  runKey: string;
  columns: CaseColumns;
  hits: readonly number[];
}): JSX.Element {
  const { selected } = listOf(runKey);
  return (
    <VirtualGrid
      shape={columns.compared ? "cases compared" : "cases"}
      label="cases"
      count={hits.length}
      selected={selected.value}
      select={(index) => {
        selected.value = index;
      }}
      open={(index) => {
        const position = hits[index];
        if (position !== undefined) go({ view: "case", key: runKey, id: columns.idOf(position) });
      }}
      head={<CaseHead runKey={runKey} compared={columns.compared} />}
      row={(index) => <CaseCells runKey={runKey} columns={columns} place={hits[index] ?? 0} />}
    />
  );
}

const COMPARED: readonly Status[] = ["fell", "rose", "sure", "new", "changed", "missing"];
const ALWAYS: readonly Status[] = ["failing", "flaky", "never", "errored", "passing"];

/**
 * A button for each status that a case can have, with the number of such cases. Pressing a button searches for these
 * cases.
 */
function StatusButtons({
  columns,
  query,
  search,
}: {
  columns: CaseColumns;
  query: string;
  search: (query: string) => void;
}): JSX.Element {
  const counts = useMemo(() => countStatuses(columns), [columns]);
  return (
    <p class="statuses">
      {counts.map(({ status, cases }) => {
        const chosen = query === status;
        return (
          <button
            key={status}
            type="button"
            title={STATUSES[status]}
            aria-pressed={chosen}
            onClick={() => search(chosen ? "" : status)}
          >
            {status} {count(cases)}
          </button>
        );
      })}
    </p>
  );
}

function countStatuses(columns: CaseColumns): { readonly status: Status; readonly cases: number }[] {
  const statuses = [...(columns.compared ? COMPARED : []), ...ALWAYS];
  return statuses
    .map((status) => {
      let cases = 0;
      for (let index = 0; index < columns.size; index++) if (hasStatus(columns, index, status)) cases++;
      return { status, cases };
    })
    .filter(({ cases }) => cases > 0);
}

function CaseHead({ runKey, compared }: { runKey: string; compared: boolean }): JSX.Element {
  return (
    <>
      <Heading runKey={runKey} order="case">
        case
      </Heading>
      {compared ? (
        <>
          <Heading runKey={runKey} order="change">
            change
          </Heading>
          <Heading runKey={runKey} order="before">
            before
          </Heading>
        </>
      ) : null}
      <Heading runKey={runKey} order="now">
        now
      </Heading>
      <span role="columnheader" class="tags">
        tags
      </span>
    </>
  );
}

/**
 * A column heading. The first press sorts by its column, the second press reverses the order, and the third restores
 * the order with the worst cases first.
 */
function Heading({
  runKey,
  order,
  children,
}: {
  runKey: string;
  order: Order;
  children: ComponentChildren;
}): JSX.Element {
  const state = listOf(runKey);
  const chosen = state.order.value === order;
  const press = (): void => {
    state.selected.value = -1;
    if (!chosen) [state.order.value, state.down.value] = [order, false];
    else if (!state.down.value) state.down.value = true;
    else [state.order.value, state.down.value] = ["worst", false];
  };
  return (
    <span role="columnheader" aria-sort={chosen ? (state.down.value ? "descending" : "ascending") : "none"}>
      <button type="button" class="quiet" tabIndex={-1} onClick={press}>
        {children}
        {chosen ? (state.down.value ? " ↓" : " ↑") : ""}
      </button>
    </span>
  );
}

function CaseCells({
  runKey,
  columns,
  place: index,
}: {
  runKey: string;
  columns: CaseColumns;
  place: number;
}): JSX.Element {
  const id = columns.idOf(index);
  return (
    <>
      <span role="gridcell" class="what">
        <a href={addressOf({ view: "case", key: runKey, id })} tabIndex={-1}>
          {id}
        </a>
        <span class="faint line">{columns.inputOf(index)}</span>
      </span>
      {columns.compared ? (
        <>
          <span role="gridcell">
            <ChangeWord change={columns.changeOf(index)} sure={columns.isSure(index)} />
          </span>
          <span role="gridcell">
            <MarksBefore columns={columns} place={index} />
          </span>
        </>
      ) : null}
      <span role="gridcell">
        <Marks name="now" marks={columns.marksOf(index)} />
      </span>
      <span role="gridcell" class="tags line faint">
        {columns.tagsOf(index).join(" ")}
      </span>
    </>
  );
}

function MarksBefore({ columns, place: index }: { columns: CaseColumns; place: number }): JSX.Element | null {
  const marks = columns.marksBefore(index);
  const answered = columns.answeredBefore[index] ?? -1;
  if (marks !== null) return marks === "" ? null : <Marks name="before" marks={marks} />;
  if (answered < 0) return null;
  const passed = columns.passedBefore[index] ?? 0;
  return (
    <span class="marks">
      {passed}/{answered}
    </span>
  );
}

const WORDS: Readonly<Record<NonNullable<Change>, readonly [string, string]>> = {
  broken: ["fell", "bad"],
  fixed: ["rose", "good"],
  same: ["same", "faint"],
  new: ["new", "faint"],
  changed: ["changed", "faint"],
  missing: ["no answer", "unsure"],
};

/**
 * The word for a case's change. A change that is not significant is called `fell` or `rose`, not `broke` or
 * `fixed`.
 */
export function ChangeWord({ change, sure }: { change: Change; sure: boolean }): JSX.Element | null {
  if (change === null) return null;
  const [word, tone] = WORDS[change];
  if (sure && change === "broken") return <strong class="bad">broke</strong>;
  if (sure && change === "fixed") return <strong class="good">fixed</strong>;
  return <span class={change === "broken" || change === "fixed" ? "plain" : tone}>{word}</span>;
}
