import type { TranscriptDocument } from "../domain/describe-transcript.ts";
import { didYouMean } from "../domain/did-you-mean.ts";
import type { Failure } from "../domain/failure.ts";
import { allItems, everyItem, everyPage } from "../domain/pages.ts";
import { EvalsError } from "../domain/problem.ts";
import type { RunHeader, StoredCase, StoredTrial } from "../domain/run.ts";
import type { CountedCase, Shown, ShownCase, ShownRun, ShownTrial } from "../domain/shown-run.ts";
import { classifyFailure } from "../scorers/classify-failure.ts";
import type { Store, StoredRun } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { caseBaseline } from "./gating/case-baseline.ts";
import { judgeExchanges } from "./judging/judge-transcript.ts";
import { findRun } from "./project/find-run.ts";
import { locate } from "./project/open-project.ts";
import { openStoredHistory } from "./project/stored-history.ts";
import { wholeTranscript } from "./project/whole-transcript.ts";
import { storedOrMeasured } from "./report-of.ts";

export interface ShowInput {
  readonly directory?: string | undefined;
  /**
   * What to show: `latest`, or a run's id or the beginning of one; `run/case`; `run/case/trial`; or `trace:` and an id.
   * A case id may contain slashes.
   */
  readonly word: string;
  /** The case, if the word does not name it. */
  readonly case?: string | undefined;
  readonly trial?: number | undefined;
  /** For a run: whether to list only the cases that do not pass every trial. */
  readonly failing: boolean;
  /** For a run: whether to tell also why each listed case fails. This reads the trials of these cases. */
  readonly reasons: boolean;
}

/**
 * A run with its cases, one case with its trials, one trial with its conversation, or a production trace.
 *
 * @throws {EvalsError} EVALS_RUN_UNKNOWN, EVALS_RUN_AMBIGUOUS, EVALS_CASE_UNKNOWN, EVALS_TRIAL_UNKNOWN,
 * EVALS_TRACE_UNKNOWN
 */
export async function show(io: Environment, input: ShowInput): Promise<Shown> {
  const { root } = locate(io, input.directory);
  const store = await openStoredHistory(root, io);
  try {
    const [, trace] = /^trace:(.*)$/s.exec(input.word) ?? [];
    if (trace !== undefined) return await (await import("./traffic/show-trace.ts")).showTrace(store, trace);
    const { run, golden, trial } = await readWord(store, input);
    if (golden === undefined) return await shownRun(store, run, input);
    if (trial === undefined) return await shownCase(store, root, run, golden);
    return await shownTrial(store, run, golden, trial);
  } finally {
    store.close();
  }
}

interface Wanted {
  readonly run: StoredRun;
  readonly golden: StoredCase | undefined;
  readonly trial: number | undefined;
}

async function readWord(store: Store, { word, ...input }: ShowInput): Promise<Wanted> {
  const slash = word.indexOf("/");
  const run = await findRun(store, slash === -1 ? word : word.slice(0, slash));
  const named = input.case ?? (slash === -1 ? undefined : word.slice(slash + 1));
  if (named === undefined) return { run, golden: undefined, trial: undefined };
  const known = new Map((await casesOf(store, run)).map((one) => [one.id, one]));
  const found = namedCase(known, named, input.trial) ?? (await namedVariant(store, run, named, input.trial));
  if (found !== undefined) return { run, ...found };
  throw new EvalsError({
    code: "EVALS_CASE_UNKNOWN",
    what: `Run ${run.header.id} has no case "${named}".${didYouMean(named.replace(/\/\d+$/, ""), known.keys())}`,
    why: "The run has answers only for its own cases.",
    fix: `\`evals show ${run.header.id}\` lists the run's cases`,
  });
}

/** A case by its id, or one of its trials as `id/trial`. */
function namedCase(known: ReadonlyMap<string, StoredCase>, named: string, trial: number | undefined) {
  if (known.has(named)) return { golden: known.get(named), trial };
  const [, id, number] = /^(.*)\/(\d+)$/.exec(named) ?? [];
  const golden = id === undefined ? undefined : known.get(id);
  return golden === undefined ? undefined : { golden, trial: Number(number) };
}

/** A variant of one of the run's trials, `id~sycophancy.1`, from the newest run of variants that has it. */
async function namedVariant(
  store: Store,
  { header }: StoredRun,
  named: string,
  trial: number | undefined,
): Promise<Wanted | undefined> {
  if (header.pressure === undefined || !named.includes("~")) return undefined;
  for await (const { no } of everyItem((page) => store.read.runs({ pressure_of: header.id }, page))) {
    const run = await store.read.run(no);
    if (run === undefined) continue;
    const found = namedCase(new Map((await casesOf(store, run)).map((one) => [one.id, one])), named, trial);
    if (found !== undefined) return { run: { ...run, header: { ...run.header, id: header.id } }, ...found };
  }
  return undefined;
}

/** The failure class of a trial, with the message that shows why; null when the trial did not fail. */
function failureIn(
  trial: StoredTrial,
  transcript: TranscriptDocument | null,
  { scorers }: RunHeader,
): Failure | null {
  return classifyFailure({ trial, answer: trial.answer, transcript, scorers }) ?? null;
}

const casesOf = (store: Store, { no }: StoredRun): Promise<StoredCase[]> =>
  allItems((page) => store.read.cases(no, page));

async function shownRun(store: Store, run: StoredRun, { failing, reasons }: ShowInput): Promise<ShownRun> {
  const cases = await countedCases(store, run);
  const listed = failing ? cases.filter((one) => one.passed < one.answered || one.errored > 0) : cases;
  const { header, status, report } = run;
  return {
    kind: "run",
    header,
    status,
    report,
    runReport: await storedOrMeasured(store, run),
    listed,
    failing,
    reasons: reasons ? await reasonsOf(store, run, listed) : new Map(),
    cases: cases.length,
    unanswered: cases.filter((one) => one.answered === 0).length,
  };
}

async function countedCases(store: Store, run: StoredRun): Promise<CountedCase[]> {
  const counts = new Map<number, { answered: number; passed: number; errored: number }>();
  const countsOf = (caseNo: number) => {
    const known = counts.get(caseNo) ?? { answered: 0, passed: 0, errored: 0 };
    counts.set(caseNo, known);
    return known;
  };
  for await (const rows of everyPage((page) => store.read.trials(run.no, page)))
    for (const row of rows) {
      const one = countsOf(row.case_no);
      if (row.kind === "errored") one.errored++;
      else one.answered++;
      if (row.pass === true) one.passed++;
    }
  return (await casesOf(store, run)).map((one) => ({ ...one, ...countsOf(one.case_no) }));
}

async function reasonsOf(
  store: Store,
  { no }: StoredRun,
  cases: readonly StoredCase[],
): Promise<ReadonlyMap<number, string>> {
  const reasons = new Map<number, string>();
  for (const { case_no } of cases) {
    const trials = await store.read.trialsOfCase(no, case_no);
    const bad = trials.find((one) => one.pass === false || one.error !== null);
    const reason = bad?.message ?? bad?.scores.find((score) => score?.pass === false)?.reason;
    if (reason !== undefined) reasons.set(case_no, reason);
  }
  return reasons;
}

async function shownCase(store: Store, root: string, run: StoredRun, golden: StoredCase): Promise<ShownCase> {
  const { no, header } = run;
  const [content, request, trials] = await Promise.all([
    store.read.content(no, golden.case_no),
    store.read.request(no, golden.case_no),
    store.read.trialsOfCase(no, golden.case_no),
  ]);
  return {
    kind: "case",
    header,
    case: golden.id,
    content,
    trials: trials.map((trial) => {
      const transcript = wholeTranscript(trial.answer, request);
      return { trial, transcript, failure: failureIn(trial, transcript, header) };
    }),
    baseline: await caseBaseline(store, root, run, golden),
  };
}

async function shownTrial(
  store: Store,
  run: StoredRun,
  { id, case_no }: StoredCase,
  number: number,
): Promise<ShownTrial> {
  const { no, header } = run;
  const trial = await store.read.trial(no, case_no, number);
  if (trial === undefined) {
    throw new EvalsError({
      code: "EVALS_TRIAL_UNKNOWN",
      what: `Case "${id}" of run ${header.id} has no trial ${number}.`,
      why: "This trial was not run, or had no answer before the run ended.",
      fix: `\`evals show ${header.id}/${id}\` lists the case's trials`,
    });
  }
  const [content, request, judged] = await Promise.all([
    store.read.content(no, case_no),
    store.read.request(no, case_no),
    judgeExchanges(store, run, trial),
  ]);
  const transcript = wholeTranscript(trial.answer, request);
  const failure = failureIn(trial, transcript, header);
  return { kind: "trial", header, case: id, content, request, trial, transcript, failure, judged };
}
