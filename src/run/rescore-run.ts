import type { Case } from "../domain/case.ts";
import { hashJson } from "../domain/json.ts";
import type { RunHeader } from "../domain/run.ts";
import type { OpenScorer } from "../domain/scorer.ts";
import { makeTally, type Tally } from "../metrics/tally.ts";
import type { RunWriter, Store, StoredRun } from "../store/store.ts";
import { caseKey, rootFingerprint, scorerHash, scorersHash } from "./fingerprint.ts";
import { scoreTrial } from "./score-trial.ts";

export interface RescoreInput {
  readonly run: StoredRun;
  readonly scorers: readonly OpenScorer[];
  /** Type of each scorer, in order. */
  readonly types: readonly string[];
  /** Tags and metadata as the dataset holds them today; undefined for a case that is gone. */
  readonly today: (id: string) => Case | undefined;
  readonly id: string;
  readonly started_at: string;
}

/** What scoring again made: a new run over the same answers. */
export interface RescoredRun {
  readonly header: RunHeader;
  readonly tally: Tally;
  readonly writer: RunWriter;
}

/**
 * Scores the answers of a run with other scorers. History is append-only, so the outcome is a run of its own that
 * points at the same answers; errored trials stay errored.
 */
export async function rescoreRun(input: RescoreInput, store: Store): Promise<RescoredRun> {
  const { run, scorers } = input;
  const cases = store.cases(run.no);
  const scoring = scorersHash(scorers);
  const keyOf = (one: (typeof cases)[number]): string =>
    caseKey({
      content: one.content_hash,
      request: one.request_hash,
      target: run.header.target_hash,
      scorers: scoring,
    });
  const fingerprint = rootFingerprint(cases.map((one) => ({ id: one.id, key: keyOf(one) })));
  const header: RunHeader = {
    ...run.header,
    id: input.id,
    started_at: input.started_at,
    fingerprint,
    plan: hashJson({ rescored: run.header.id, fingerprint }),
    rescored_from: run.header.id,
    scorers: scorers.map((one, index) => ({
      name: one.name,
      type: input.types[index] ?? "",
      required: one.required,
      binary: one.binary,
      hash: scorerHash(one),
    })),
  };
  const known = (): string => {
    throw new Error("a stored run's contents and requests are in the store");
  };
  const writer = store.create(
    header,
    cases.map((one) => ({ ...one, key: keyOf(one) })),
    { content: known, request: run.header.provider === "outputs" ? null : known },
  );
  const tally = makeTally(cases.length, scorers.length);
  for (const one of cases) {
    const content = store.content(run.no, one.case_no);
    const golden: Case = {
      id: one.id,
      input: content?.input ?? null,
      ...(content?.expected === undefined ? {} : { expected: content.expected }),
      tags: one.tags,
      metadata: input.today(one.id)?.metadata ?? {},
    };
    for (const trial of store.trials(run.no, one.case_no)) {
      await rescoreTrial({ golden, trial, case_no: one.case_no }, input, store, writer, tally);
    }
  }
  writer.flush();
  return { header, tally, writer };
}

async function rescoreTrial(
  { golden, trial, case_no }: { golden: Case; trial: ReturnType<Store["trials"]>[number]; case_no: number },
  { run, scorers }: RescoreInput,
  store: Store,
  writer: RunWriter,
  tally: Tally,
): Promise<void> {
  const number = trial.trial;
  const errored = (error: NonNullable<typeof trial.error>, message: string): void => {
    writer.record({ kind: "errored", case_no, trial: number, error, message });
    tally.add({ ...NOTHING, case_no, kind: "errored", error });
  };
  const answer = trial.answer === null ? undefined : store.transcript(run.no, case_no, number);
  if (answer === undefined) return errored(trial.error ?? "provider", trial.message ?? "");
  const { transcript, answer_id } = answer;
  const scores = await scoreTrial(scorers, { golden, trial: number, transcript });
  writer.record({ kind: "cached", case_no, trial: number, answer_id, scores });
  if (scores.kind === "failed") {
    tally.add({ ...NOTHING, case_no, kind: "errored", error: scores.error });
    return;
  }
  tally.add({
    case_no,
    kind: "answered",
    error: null,
    cached: true,
    pass: scores.pass,
    scores: scores.scores.map((score) => (score === null ? null : [score.score, score.pass])),
    latency_ms: transcript.latency_ms,
    cost_usd: transcript.cost_usd,
    input_tokens: transcript.usage.input_tokens,
    output_tokens: transcript.usage.output_tokens,
    refused: transcript.refusal !== null,
    tool_calls: transcript.tool_calls.length,
  });
}

const NOTHING = {
  cached: false,
  pass: null,
  scores: [],
  latency_ms: null,
  cost_usd: null,
  input_tokens: null,
  output_tokens: null,
  refused: false,
  tool_calls: 0,
} as const;
