import type { Case } from "../domain/case.ts";
import { itemAt } from "../domain/item-at.ts";
import { canonicalJson, hashJson, type Json } from "../domain/json.ts";
import { NotJudged } from "../domain/judge.ts";
import type { ErrorKind } from "../domain/outcome.ts";
import type { Speaker } from "../domain/person-fault.ts";
import type { RunHeader, RunScorer, StoredCase } from "../domain/run.ts";
import type { OpenScorer } from "../domain/scorer.ts";
import { makeTally, type Tally } from "../metrics/tally.ts";
import type { CachedAnswer, NewRunCase, RunWriter, Store, StoredRun } from "../store/store.ts";
import { askedHash, blamesOf, caseKey, caseScorersHash, rootFingerprint, runScorer } from "./fingerprint.ts";
import { type Scoring, scoreTrial } from "./score-trial.ts";
import { answeredRow, erroredRow } from "./tally-rows.ts";

export interface RescoreInput {
  readonly run: StoredRun;
  readonly scorers: readonly OpenScorer[];
  /** Type of each scorer, in order. */
  readonly types: readonly string[];
  /** Names of the calibrated judges, which may name the class of a failed trial; default none. */
  readonly believed?: ReadonlySet<string> | undefined;
  /** The source of the user's messages in a case. */
  readonly speaker: (golden: Case) => Speaker;
  /** The case in the current dataset, for its metadata and scorers; undefined when it was removed. */
  readonly today: (id: string) => Case | undefined;
}

/** A run scored by the current scorers, before it is stored. */
export interface Rescored {
  /** The run's header with the current scorers and the resulting fingerprint. */
  readonly header: RunHeader;
  readonly cases: readonly StoredCase[];
  readonly tally: Tally;
  /**
   * Number of answers that were not judged, because only stored replies were wanted or the budget was used up.
   */
  readonly unjudged: number;
  /** Why a judge's model is unavailable; null when none is. */
  readonly unreachable: string | null;
}

/** The result of one stored trial with the current scorers. */
type RescoredTrial = { readonly case_no: number; readonly trial: number } & (
  | { readonly kind: "scored"; readonly answer: CachedAnswer; readonly scoring: Scoring }
  | { readonly kind: "unjudged"; readonly answer: CachedAnswer; readonly because: NotJudged }
  | { readonly kind: "errored"; readonly error: ErrorKind; readonly message: string }
);

/** Scores the answers of a run again. Errored trials stay errored; nothing is written. */
export async function rescore(
  input: RescoreInput,
  store: Store,
  onTrial: (trial: RescoredTrial) => void = () => {},
): Promise<Rescored> {
  const { run, scorers } = input;
  const cases = rekeyed(store.cases(run.no), input, store);
  const tally = makeTally(cases.length, scorers.length);
  let unjudged = 0;
  let unreachable: string | null = null;
  const take = (trials: readonly RescoredTrial[]): void => {
    for (const trial of trials) {
      onTrial(trial);
      const { case_no } = trial;
      if (trial.kind === "unjudged") {
        unjudged++;
        if (trial.because.because === "unreachable") unreachable ??= trial.because.message;
      } else if (trial.kind === "errored") tally.add(erroredRow(case_no, trial.error));
      else if (trial.scoring.kind === "failed") tally.add(erroredRow(case_no, trial.scoring.error));
      else tally.add(answeredRow(case_no, trial.answer.transcript, true, trial.scoring));
    }
  };
  const ahead: Promise<readonly RescoredTrial[]>[] = [];
  for (const golden of cases) {
    ahead.push(rescoredTrials(golden, input, store));
    // Several cases wait for judges concurrently; the results are returned in order.
    if (ahead.length >= CASES_AT_ONCE) take((await ahead.shift()) ?? []);
  }
  for (const one of ahead) take(await one);
  return { header: headerOf(input, cases), cases, tally, unjudged, unreachable };
}

/** Number of cases scored concurrently. */
const CASES_AT_ONCE = 32;

/**
 * Scores the answers of a run with the current scorers and stores the result. The store is append-only, so the
 * result is a new run that refers to the same answers.
 *
 * @param own id and start time of the new run; for a run of variants, also the run to whose trials they belong
 */
export async function rescoreRun(
  input: RescoreInput,
  own: Pick<RunHeader, "id" | "started_at" | "pressure_of">,
  store: Store,
  onStart: (header: RunHeader, writer: RunWriter) => void = () => {},
): Promise<Rescored & { readonly writer: RunWriter }> {
  const cases = rekeyed(store.cases(input.run.no), input, store);
  const header = { ...headerOf(input, cases), ...own };
  const { no } = input.run;
  const writer = store.create(header, cases, {
    content: (caseNo) => JSON.stringify(store.content(no, caseNo)),
    // Answers recorded elsewhere have no request.
    request: store.request(no, 0) === null ? null : (caseNo) => JSON.stringify(store.request(no, caseNo)),
  });
  onStart(header, writer);
  const { tally, unjudged, unreachable } = await rescore(input, store, (trial) => {
    const { case_no, trial: number } = trial;
    if (trial.kind === "unjudged") {
      writer.record({
        kind: "cached",
        case_no,
        trial: number,
        answer_id: trial.answer.answer_id,
        scores: null,
      });
    } else if (trial.kind === "errored") {
      writer.record({ kind: "errored", case_no, trial: number, error: trial.error, message: trial.message });
    } else {
      const { answer_id } = trial.answer;
      writer.record({ kind: "cached", case_no, trial: number, answer_id, scores: trial.scoring });
    }
  });
  writer.flush();
  return { header, cases, tally, unjudged, unreachable, writer };
}

function rekeyed(
  cases: readonly StoredCase[],
  input: RescoreInput,
  store: Store,
): (StoredCase & NewRunCase)[] {
  const {
    run: { header },
    scorers,
  } = input;
  const parts = { target: header.target_hash };
  const scorersOf = caseScorersHash(scorers);
  return cases.map((one) => ({
    ...one,
    asked_hash: askedHash(parts.target, one.request_hash),
    key: caseKey({
      content: one.content_hash,
      request: one.request_hash,
      ...parts,
      scorers: scorersOf(namingScorers(ownScorers(one, input, store))),
    }),
  }));
}

function headerOf({ run, scorers, types, believed }: RescoreInput, cases: readonly StoredCase[]): RunHeader {
  const fingerprint = rootFingerprint(cases);
  return {
    ...run.header,
    fingerprint,
    plan: hashJson({ rescored: run.header.id, fingerprint }),
    ...(run.header.parts === undefined
      ? {}
      : { parts: { ...run.header.parts, scorers: scorers.map((one) => one.identity) } }),
    rescored_from: run.header.id,
    scorers: scorers.map(
      (one, index): RunScorer => ({
        ...runScorer(one),
        type: itemAt(types, index),
        ...blamesOf(one, believed),
      }),
    ),
  };
}

/**
 * The names of the scorers that a case names for itself; undefined when all score it. For a case that is no longer in
 * the dataset they are those that scored it before.
 */
function ownScorers(
  { id, case_no }: Pick<StoredCase, "id" | "case_no">,
  { run, today }: Pick<RescoreInput, "run" | "today">,
  store: Store,
): readonly string[] | undefined {
  const now = today(id);
  if (now !== undefined) return now.scorers;
  const scored = store.trials(run.no, case_no).find(({ scores }) => scores.length > 0)?.scores;
  if (scored === undefined) return undefined;
  const named = run.header.scorers.filter((_, index) => scored[index] !== undefined);
  return named.length === run.header.scorers.length ? undefined : named.map(({ name }) => name);
}

const namingScorers = (scorers: readonly string[] | undefined): Pick<Case, "scorers"> =>
  scorers === undefined ? {} : { scorers: [...scorers] };

/** The expected value as it was scored. That of an unchanged case comes from the dataset, which may be a CSV file. */
function expectedOf(stored: Json, now: Case | undefined): Json {
  const own = now?.expected;
  return own !== undefined && canonicalJson(own) === canonicalJson(stored) ? own : stored;
}

async function rescoredTrials(
  stored: StoredCase,
  input: RescoreInput,
  store: Store,
): Promise<RescoredTrial[]> {
  const { case_no, id, tags } = stored;
  const { run, scorers, speaker, today } = input;
  const content = store.content(run.no, case_no);
  const now = today(id);
  const golden: Case = {
    id,
    input: content?.input ?? null,
    ...(content?.expected === undefined ? {} : { expected: expectedOf(content.expected, now) }),
    tags,
    metadata: now?.metadata ?? {},
    ...namingScorers(ownScorers(stored, input, store)),
  };
  return Promise.all(
    store
      .trials(run.no, case_no)
      .map(async ({ trial, answer: kept, error, message }): Promise<RescoredTrial> => {
        const answer = kept === null ? undefined : store.transcript(run.no, case_no, trial);
        if (answer === undefined)
          return { case_no, trial, kind: "errored", error: error ?? "provider", message: message ?? "" };
        try {
          const scoring = await scoreTrial(
            scorers,
            { golden, trial, transcript: answer.transcript },
            speaker(golden),
          );
          return { case_no, trial, kind: "scored", answer, scoring };
        } catch (failure) {
          if (!(failure instanceof NotJudged)) throw failure;
          return { case_no, trial, kind: "unjudged", answer, because: failure };
        }
      }),
  );
}
