import type { Json } from "../domain/json.ts";
import type { ErrorKind } from "../domain/outcome.ts";
import type {
  RunCounts,
  RunHeader,
  RunStatus,
  StoredAnswer,
  StoredCase,
  StoredTrial,
} from "../domain/run.ts";
import type { Score } from "../domain/score.ts";
import type { Transcript } from "../domain/transcript.ts";

/** A run as the history lists it. */
export interface StoredRun {
  readonly no: number;
  readonly header: RunHeader;
  readonly status: RunStatus;
  readonly ended_at: string | null;
  /** The report as it was printed; null for a run whose process died. */
  readonly report: Json;
  /** Requests sent over all sittings. */
  readonly calls: number;
}

/** One case of a new run. `case_no` is its place in the plan, from 0. */
export interface NewRunCase {
  readonly id: string;
  readonly content_hash: string;
  readonly key: string;
  readonly tags: readonly string[];
  readonly planned: number;
  /** Hash of the prepared request. */
  readonly request_hash: string;
}

/** What a case number means, given when the store does not have it yet. */
export interface CaseBodies {
  /** JSON of `{"input", "expected"}`. */
  content(caseNo: number): string;
  /** JSON of the prepared request; null when nothing is asked, so that there is nothing to keep. */
  request: ((caseNo: number) => string) | null;
}

/** What became of one trial, ready to be written. */
export type TrialRecord = {
  readonly case_no: number;
  /** From 1. */
  readonly trial: number;
} & (
  | {
      readonly kind: "answered";
      readonly transcript: Transcript;
      readonly raw: string | null;
      /** Null while a scorer is still at work: the answer is safe, its scores follow. */
      readonly scores: TrialScoring | null;
    }
  | { readonly kind: "cached"; readonly answer_id: number; readonly scores: TrialScoring | null }
  | { readonly kind: "errored"; readonly error: ErrorKind; readonly message: string }
);

/** All scorers' word on one answer, or the failure of a required one. */
export type TrialScoring =
  | { readonly kind: "scored"; readonly pass: boolean; readonly scores: readonly (Score | null)[] }
  | { readonly kind: "failed"; readonly error: ErrorKind; readonly message: string };

/** A trial's numbers as one scan reads them, without its texts. */
export interface TrialRow {
  readonly case_no: number;
  readonly trial: number;
  readonly kind: "answered" | "errored";
  readonly error: ErrorKind | null;
  readonly cached: boolean;
  readonly pass: boolean | null;
  /** `[score, pass]` of each scorer, null where void. */
  readonly scores: readonly ([number, boolean] | null)[];
  readonly latency_ms: number | null;
  readonly cost_usd: number | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly refused: boolean;
  readonly tool_calls: number;
}

/** Writes one run. Records are grouped into transactions; `flush` makes all of them durable at once. */
export interface RunWriter {
  readonly no: number;
  /** Queued; committed within this turn of the event loop, before `onCommitted` hears of it. */
  record(record: TrialRecord): void;
  /** Scores of an answer that was recorded without them. */
  recordScores(caseNo: number, trial: number, scoring: TrialScoring): void;
  /** Commits what is queued now. */
  flush(): void;
  /** Requests sent by this sitting so far; added to those of earlier sittings. */
  calls(sent: number): void;
  /** Ends the sitting. */
  end(status: RunStatus, report: Json, at: string): void;
  close(): void;
}

/** An earlier answer to the same trial number of the same request. */
export interface CachedAnswer {
  readonly answer_id: number;
  readonly transcript: Transcript;
}

export interface RunFilter {
  readonly suite?: string | undefined;
  readonly plan?: string | undefined;
  readonly status?: readonly RunStatus[] | undefined;
  readonly limit?: number | undefined;
}

/** Append-only history of runs. The only implementation is `sqlite/`. */
export interface Store {
  /** Records the plan and starts the run, in one transaction. */
  create(header: RunHeader, cases: Iterable<NewRunCase>, bodies: CaseBodies): RunWriter;
  /** Goes on with a run that has not ended. */
  resume(run: StoredRun): RunWriter;
  /** Newest first. */
  runs(filter: RunFilter): StoredRun[];
  /** Runs whose id starts so; newest first. */
  runsByPrefix(prefix: string): StoredRun[];
  cases(runNo: number): StoredCase[];
  /** One scan, by case and trial; answers' texts stay on the disk. */
  scan(runNo: number): IterableIterator<TrialRow>;
  /** Whole trials of one case with their answers. */
  trials(runNo: number, caseNo: number): StoredTrial[];
  /** The case's input and expected, as they were. */
  content(runNo: number, caseNo: number): { readonly input: Json; readonly expected?: Json } | null;
  /** The request as it was prepared for the provider; null for recorded outputs. */
  request(runNo: number, caseNo: number): Json;
  /** Newest answered trial of this number to this request. */
  cached(requestHash: string, trial: number): CachedAnswer | undefined;
  /** Transcript and answer id of a stored trial, for scoring again. */
  transcript(runNo: number, caseNo: number, trial: number): CachedAnswer | undefined;
  close(): void;
}

export type { RunCounts, StoredAnswer };
