import type { Json } from "../../domain/json.ts";
import type { CaseChange, CaseRow } from "../../domain/report.ts";
import type { CaseIndex, MarkColumn } from "../../domain/viewed-run.ts";
import { shortInput } from "./short-input.ts";

/** After each such number of cases, other requests are handled: a large run's list must not delay its verdict. */
const STEP = 500;
/** In a run with more cases than this, inputs are not read, and the list shows only ids. */
const MAX_INPUTS = 50_000;

export interface CaseIndexSources {
  readonly scorers: readonly string[];
  readonly cases: number;
  readonly rows: () => AsyncIterable<CaseRow>;
  readonly inputOf: (index: number) => Promise<Json | undefined>;
  /** Gives, by case id, one letter for each trial on the compared side; null when only counts are known. */
  readonly before: ((id: string) => string | undefined) | null;
  /** Counts of a case on the compared side, if the row does not have them. */
  readonly countsOf: (index: number) => Promise<CaseRow["baseline"]>;
  readonly compared: boolean;
}

/** The list of a run's cases for the page: each field is a column, with one item for each case. */
export async function caseIndex(sources: CaseIndexSources): Promise<CaseIndex> {
  const { scorers, cases, inputOf, before, compared } = sources;
  const tags = dictionary<string>();
  const sets = dictionary<string>();
  const now = markColumn();
  const earlier = before === null ? countColumn() : markColumn();
  const columns = {
    ids: [] as string[],
    inputs: [] as string[],
    tag_set_of: [] as number[],
    scores: scorers.map((): (number | null)[] => []),
    latency_ms: [] as (number | null)[],
  };
  let changes = "";
  let index = 0;
  for await (const row of sources.rows()) {
    columns.ids.push(row.id);
    if (cases <= MAX_INPUTS) columns.inputs.push(shortInput(await inputOf(index)));
    columns.tag_set_of.push(sets.placeOf(row.tags.map(tags.placeOf).join(" ")));
    for (const [at, list] of columns.scores.entries()) list.push(rounded(row.scores[at] ?? null));
    columns.latency_ms.push(meanLatency(row));
    now.add(row.trials);
    const pairs = row.change !== "new" && row.change !== "changed" && row.change !== "missing";
    if (before === null)
      (earlier as CountColumn).count(row.baseline ?? (pairs ? await sources.countsOf(index) : null));
    else (earlier as MarkBuilder).add((pairs ? before(row.id) : undefined) ?? "");
    changes += changeLetter(row);
    index++;
    if (index % STEP === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return {
    ...columns,
    tags: tags.values(),
    tag_sets: sets.values().map((set) => (set === "" ? [] : set.split(" ").map(Number))),
    scorers,
    now: now.column(),
    before: compared ? earlier.column() : null,
    changes,
  };
}

const rounded = (value: number | null): number | null => (value === null ? null : Number(value.toFixed(3)));

function meanLatency({ latency_ms, answered }: CaseRow): number | null {
  return latency_ms === null || answered === 0 ? null : Math.round(latency_ms / answered);
}

const LETTERS: Readonly<Record<CaseChange, string>> = {
  broken: "b",
  fixed: "f",
  same: "s",
  new: "n",
  changed: "c",
  missing: "m",
};

function changeLetter({ change, significant }: CaseRow): string {
  if (change === null) return "-";
  return significant ? LETTERS[change].toUpperCase() : LETTERS[change];
}

/** Gives each distinct value a number, from 0 in the order in which the values appear. */
function dictionary<T>() {
  const places = new Map<T, number>();
  return {
    placeOf: (value: T): number => {
      const known = places.get(value) ?? places.size;
      places.set(value, known);
      return known;
    },
    values: (): T[] => [...places.keys()],
  };
}

interface MarkBuilder {
  readonly add: (marks: string) => void;
  readonly column: () => MarkColumn;
}

function markColumn(): MarkBuilder {
  const all: string[] = [];
  let width = 0;
  return {
    add: (marks) => {
      all.push(marks);
      if (marks.length > width) width = marks.length;
    },
    column: () => ({
      width,
      marks: all.map((marks) => marks.padEnd(width, " ")).join(""),
      passed: [],
      answered: [],
    }),
  };
}

interface CountColumn {
  readonly count: (counts: CaseRow["baseline"]) => void;
  readonly column: () => MarkColumn;
}

function countColumn(): CountColumn {
  const passed: number[] = [];
  const answered: number[] = [];
  return {
    count: (counts) => {
      passed.push(counts?.passed ?? -1);
      answered.push(counts?.answered ?? -1);
    },
    column: () => ({ width: 0, marks: "", passed, answered }),
  };
}
