import type { Case } from "../domain/case.ts";
import { hashJson } from "../domain/json.ts";
import type { ErrorKind } from "../domain/outcome.ts";
import type { RunHeader, RunScorer, StoredCase } from "../domain/run.ts";
import type { OpenScorer } from "../domain/scorer.ts";
import { makeTally, type Tally } from "../metrics/tally.ts";
import type { CachedAnswer, RunWriter, Store, StoredRun } from "../store/store.ts";
import { caseKey, rootFingerprint, scorerHash, scorersHash } from "./fingerprint.ts";
import { type Scoring, scoreTrial } from "./score-trial.ts";
import { answeredRow, erroredRow } from "./tally-rows.ts";

export interface RescoreInput {
  readonly run: StoredRun;
  readonly scorers: readonly OpenScorer[];
  /** Type of each scorer, in order. */
  readonly types: readonly string[];
  /** Tags and metadata as the dataset holds them today; undefined for a case that is gone. */
  readonly today: (id: string) => Case | undefined;
}

/** A run as today's scorers see it, before anything is stored. */
export interface Rescored {
  /** The run's header with today's scorers and the fingerprint that follows from them. */
  readonly header: RunHeader;
  readonly cases: readonly StoredCase[];
  readonly tally: Tally;
}

/** What became of one stored trial under today's scorers. */
type RescoredTrial = { readonly case_no: number; readonly trial: number } & (
  | { readonly kind: "scored"; readonly answer: CachedAnswer; readonly scoring: Scoring }
  | { readonly kind: "errored"; readonly error: ErrorKind; readonly message: string }
);

/** Scores the answers of a run again. Errored trials stay errored; nothing is written. */
export async function rescore(
  input: RescoreInput,
  store: Store,
  onTrial: (trial: RescoredTrial) => void = () => {},
): Promise<Rescored> {
  const { run, scorers } = input;
  const cases = rekeyed(store.cases(run.no), run.header, scorers);
  const tally = makeTally(cases.length, scorers.length);
  for (const golden of cases) {
    for (const trial of await rescoredTrials(golden, input, store)) {
      onTrial(trial);
      const { case_no } = trial;
      if (trial.kind === "errored") tally.add(erroredRow(case_no, trial.error));
      else if (trial.scoring.kind === "failed") tally.add(erroredRow(case_no, trial.scoring.error));
      else tally.add(answeredRow(case_no, trial.answer.transcript, true, trial.scoring));
    }
  }
  return { header: headerOf(input, cases), cases, tally };
}

/**
 * Scores the answers of a run with today's scorers and keeps the outcome. History is append-only, so it is a run of its
 * own that points at the same answers.
 *
 * @param own id and time of the new run
 */
export async function rescoreRun(
  input: RescoreInput,
  own: { readonly id: string; readonly started_at: string },
  store: Store,
): Promise<Rescored & { readonly writer: RunWriter }> {
  const cases = rekeyed(store.cases(input.run.no), input.run.header, input.scorers);
  const header = { ...headerOf(input, cases), ...own };
  const known = (): string => {
    throw new Error("a stored run's contents and requests are in the store");
  };
  const writer = store.create(header, cases, {
    content: known,
    request: input.run.header.provider === "outputs" ? null : known,
  });
  const { tally } = await rescore(input, store, (trial) => {
    const { case_no, trial: number } = trial;
    if (trial.kind === "errored") {
      writer.record({ kind: "errored", case_no, trial: number, error: trial.error, message: trial.message });
    } else {
      const { answer_id } = trial.answer;
      writer.record({ kind: "cached", case_no, trial: number, answer_id, scores: trial.scoring });
    }
  });
  writer.flush();
  return { header, cases, tally, writer };
}

function rekeyed(
  cases: readonly StoredCase[],
  header: RunHeader,
  scorers: readonly OpenScorer[],
): StoredCase[] {
  const parts = { target: header.target_hash, scorers: scorersHash(scorers) };
  return cases.map((one) => ({
    ...one,
    key: caseKey({ content: one.content_hash, request: one.request_hash, ...parts }),
  }));
}

function headerOf({ run, scorers, types }: RescoreInput, cases: readonly StoredCase[]): RunHeader {
  const fingerprint = rootFingerprint(cases);
  return {
    ...run.header,
    fingerprint,
    plan: hashJson({ rescored: run.header.id, fingerprint }),
    rescored_from: run.header.id,
    scorers: scorers.map(
      (one, index): RunScorer => ({
        name: one.name,
        type: types[index] ?? "",
        required: one.required,
        binary: one.binary,
        hash: scorerHash(one),
      }),
    ),
  };
}

async function rescoredTrials(
  { case_no, id, tags }: StoredCase,
  { run, scorers, today }: RescoreInput,
  store: Store,
): Promise<RescoredTrial[]> {
  const content = store.content(run.no, case_no);
  const golden: Case = {
    id,
    input: content?.input ?? null,
    ...(content?.expected === undefined ? {} : { expected: content.expected }),
    tags,
    metadata: today(id)?.metadata ?? {},
  };
  const trials: RescoredTrial[] = [];
  for (const { trial, answer: said, error, message } of store.trials(run.no, case_no)) {
    const answer = said === null ? undefined : store.transcript(run.no, case_no, trial);
    if (answer === undefined) {
      trials.push({ case_no, trial, kind: "errored", error: error ?? "provider", message: message ?? "" });
      continue;
    }
    const scoring = await scoreTrial(scorers, { golden, trial, transcript: answer.transcript });
    trials.push({ case_no, trial, kind: "scored", answer, scoring });
  }
  return trials;
}
