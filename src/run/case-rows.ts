import { itemAt } from "../domain/item-at.ts";
import type { Json } from "../domain/json.ts";
import { onFirstUse } from "../domain/on-first-use.ts";
import { allItems, everyPage } from "../domain/pages.ts";
import type { CaseAnswers, CaseChange, CaseComparison, CaseRow, Comparison } from "../domain/report.ts";
import type { RunHeader, StoredCase, StoredTrial } from "../domain/run.ts";
import { wordsOfAnswer } from "../domain/transcript.ts";
import { makeTally, type Tally } from "../metrics/tally.ts";
import type { StoreReads } from "../store/reads.ts";
import type { Store, TrialRow } from "../store/store.ts";

/** A run in the store. */
export interface RunPlace {
  readonly no: number;
  readonly header: RunHeader;
}

/** The baseline's counts by case, as columns in the order of `ids`. */
export interface BaselineCounts {
  readonly ids: readonly string[];
  readonly answered: ArrayLike<number>;
  readonly passed: ArrayLike<number>;
}

export interface CaseRowsInput {
  readonly run: RunPlace;
  readonly comparison: Comparison | null;
  /** Null when the baseline is not available; then its counts are known only for the cases in `comparison.moved`. */
  readonly baseline: BaselineCounts | null;
  /** The run from which the baseline was promoted, with its answers; null when it is not in this store. */
  readonly baselineRun: RunPlace | null;
  /** Line in the dataset's file, from 1; null when the dataset is not available. */
  readonly lineOf: (one: StoredCase) => number | null;
}

/**
 * Every case of a stored run, in order. Numbers come from one scan, even if the rows are iterated again. A case's
 * answers are read on demand, so that a report of a hundred thousand trials reads only the few that it shows.
 */
export function caseRows(input: CaseRowsInput, { read }: Pick<Store, "read">): () => AsyncGenerator<CaseRow> {
  let numbers: Promise<StoredNumbers> | undefined;
  return async function* () {
    numbers ??= readNumbers(input.run, read);
    yield* walk(await numbers, input, read);
  };
}

interface StoredNumbers {
  readonly cases: readonly StoredCase[];
  readonly counted: CountedTrials;
}

async function readNumbers({ no, header }: RunPlace, read: StoreReads): Promise<StoredNumbers> {
  const cases = await allItems((page) => read.cases(no, page));
  const pages = everyPage((page) => read.trials(no, page));
  return { cases, counted: await countTrials(header, cases.length, pages) };
}

function* walk(
  { cases, counted }: StoredNumbers,
  input: CaseRowsInput,
  read: StoreReads,
): Generator<CaseRow> {
  const standing = standingOf(input);
  const before = answersBefore(input.baselineRun, read);
  for (const one of cases) {
    const { case_no: caseNo, id } = one;
    const { change, significant, baseline } = standing(id);
    yield {
      id,
      tags: one.tags,
      line: input.lineOf(one),
      planned: one.planned,
      answered: itemAt(counted.tally.answered, caseNo),
      passed: itemAt(counted.tally.passed, caseNo),
      errored: itemAt(counted.tally.errored, caseNo),
      trials: counted.marks(one),
      scores: scoreMeans(counted.tally, caseNo),
      latency_ms: counted.latency(caseNo),
      change,
      significant,
      baseline,
      answers: () => answersOf({ input, read, caseNo, id, change, before, first: counted.first }),
    };
  }
}

const MARKS = ["-", "p", "f", "e", "?"] as const;
type Mark = (typeof MARKS)[number];

interface CountedTrials {
  readonly tally: Tally;
  /** One letter per trial: `p` passed, `f` failed, `e` errored, `?` answered without scores, `-` no outcome. */
  readonly marks: (one: StoredCase) => string;
  /** Number of the case's first trial with one of the marks; undefined when it has none. */
  readonly first: (caseNo: number, marks: readonly Mark[]) => number | undefined;
  /** See `latency_ms` of `CaseRow`. */
  readonly latency: (caseNo: number) => number | null;
}

/** Counts all trials of a run in one scan, in columns by case. */
async function countTrials(
  header: RunHeader,
  cases: number,
  pages: AsyncIterable<readonly TrialRow[]>,
): Promise<CountedTrials> {
  const { trials } = header;
  const tally = makeTally(cases, header.scorers.length);
  const marks = new Uint8Array(cases * trials);
  const latencies = new Float64Array(cases);
  for await (const rows of pages)
    for (const row of rows) {
      tally.add(row);
      if (row.trial <= trials) marks[row.case_no * trials + row.trial - 1] = MARKS.indexOf(markOf(row));
      if (row.kind === "answered")
        latencies[row.case_no] = itemAt(latencies, row.case_no) + (row.latency_ms ?? Number.NaN);
    }
  return {
    tally,
    marks: ({ case_no, planned }: StoredCase): string =>
      Array.from(
        marks.subarray(case_no * trials, case_no * trials + Math.min(planned, trials)),
        (mark) => MARKS[mark] ?? "-",
      ).join(""),
    first: (caseNo, wanted) => {
      const at = marks
        .subarray(caseNo * trials, (caseNo + 1) * trials)
        .findIndex((mark) => wanted.includes(MARKS[mark] ?? "-"));
      return at === -1 ? undefined : at + 1;
    },
    latency: (caseNo: number): number | null => {
      const sum = latencies[caseNo] ?? Number.NaN;
      return Number.isNaN(sum) || itemAt(tally.answered, caseNo) === 0 ? null : sum;
    },
  };
}

function markOf({ kind, pass }: TrialRow): Mark {
  if (kind === "errored") return "e";
  return pass === null ? "?" : pass ? "p" : "f";
}

function scoreMeans({ scores }: Tally, caseNo: number): (number | null)[] {
  return scores.map(({ count, sum }) => {
    const scored = itemAt(count, caseNo);
    return scored === 0 ? null : itemAt(sum, caseNo) / scored;
  });
}

interface Standing {
  readonly change: CaseChange | null;
  readonly significant: boolean;
  readonly baseline: CaseRow["baseline"];
}

/** Tells how each case compares with the baseline. A case that the comparison does not list is `same`. */
function standingOf({ comparison, baseline }: CaseRowsInput): (id: string) => Standing {
  if (comparison === null) return () => ({ change: null, significant: false, baseline: null });
  const { cases } = comparison;
  const moved = new Map(comparison.moved.map((one) => [one.id, one]));
  const listed = new Map<string, CaseChange>();
  for (const change of ["broken", "fixed", "new", "changed", "missing"] as const)
    for (const id of cases[change]) listed.set(id, change);
  const places = new Map(baseline?.ids.map((id, index) => [id, index]));
  return (id) => {
    const change = listed.get(id) ?? "same";
    const one: CaseComparison | undefined = moved.get(id);
    const index = places.get(id);
    const counted =
      index === undefined || baseline === null
        ? null
        : { passed: itemAt(baseline.passed, index), answered: itemAt(baseline.answered, index) };
    return { change, significant: one?.significant ?? false, baseline: one?.baseline ?? counted };
  };
}

/** The answers of the baseline's run to a case, by id. */
function answersBefore(run: RunPlace | null, read: StoreReads): AnswersBefore {
  if (run === null) return async () => [];
  const numbers = onFirstUse(async () => {
    const cases = await allItems((page) => read.cases(run.no, page));
    return new Map(cases.map((one) => [one.id, one.case_no]));
  });
  return async (id) => {
    const caseNo = (await numbers()).get(id);
    return caseNo === undefined ? [] : read.trialsOfCase(run.no, caseNo);
  };
}

type AnswersBefore = (id: string) => Promise<readonly StoredTrial[]>;

interface AnswersInput {
  readonly input: CaseRowsInput;
  readonly read: StoreReads;
  readonly caseNo: number;
  readonly id: string;
  readonly change: CaseChange | null;
  readonly before: AnswersBefore;
  readonly first: CountedTrials["first"];
}

/**
 * The answers that tell most about a case: a passed trial for a fixed case, else a failed one, with the baseline's
 * answer of the opposite kind. The reason is that of the failed answer.
 */
async function answersOf({
  input,
  read,
  caseNo,
  id,
  change,
  before,
  first,
}: AnswersInput): Promise<CaseAnswers> {
  const { header, no } = input.run;
  const fixed = change === "fixed";
  const trialOf = async (trial: number | undefined): Promise<StoredTrial | undefined> =>
    trial === undefined ? undefined : read.trial(no, caseNo, trial);
  const old = change === "new" || change === "changed" ? [] : await before(id);
  const shown = await trialOf(first(caseNo, [fixed ? "p" : "f"]) ?? first(caseNo, ["p", "f", "?"]));
  const earlier = pick(old, !fixed);
  const example = input.comparison?.examples.find((one) => one.id === id);
  const failure = failureOf(fixed ? earlier : shown, (fixed ? input.baselineRun?.header : header) ?? header);
  const described = failure.scorer === "" && example !== undefined ? example : failure;
  const content = await read.content(no, caseNo);
  const expected = content?.expected;
  const errored = await trialOf(first(caseNo, ["e"]));
  return {
    trial: shown?.trial ?? null,
    input: content === null ? null : textOf(content.input),
    output: shown?.answer ? wordsOfAnswer(shown.answer) : null,
    before: (earlier?.answer ? wordsOfAnswer(earlier.answer) : undefined) ?? example?.before ?? null,
    expected: expected === undefined ? null : textOf(expected),
    scorer: described.scorer,
    reason: described.reason,
    error:
      errored === undefined ? null : { kind: errored.error ?? "provider", message: errored.message ?? "" },
  };
}

const textOf = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

function pick(trials: readonly StoredTrial[], passing: boolean): StoredTrial | undefined {
  return trials.find((one) => one.pass === passing) ?? trials.find((one) => one.answer !== null);
}

function failureOf(trial: StoredTrial | undefined, header: RunHeader): { scorer: string; reason: string } {
  const at =
    trial?.scores.findIndex(
      (one, index) => one?.pass === false && header.scorers[index]?.required === true,
    ) ?? -1;
  return { scorer: header.scorers[at]?.name ?? "", reason: trial?.scores[at]?.reason ?? "" };
}
