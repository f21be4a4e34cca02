import type { DepartureLog } from "../domain/departure-log.ts";
import type { Json } from "../domain/json.ts";
import type { ErrorKind, Tries } from "../domain/outcome.ts";
import type { RunRetries } from "../domain/report.ts";
import type {
  EndedStatus,
  RunCounts,
  RunHeader,
  StoredAnswer,
  StoredCase,
  StoredTrial,
} from "../domain/run.ts";
import type { Score } from "../domain/score.ts";
import type { Transcript } from "../domain/transcript.ts";
import type { Batches } from "./batches.ts";
import type { StoreCare } from "./care.ts";
import type { StoreReads } from "./reads.ts";
import type {
  CachedAnswer,
  KnownSpending,
  LostReply,
  RunFilter,
  StoredJudgement,
  StoredRun,
  TrialRow,
} from "./stored.ts";
import type { TrafficStore } from "./traffic.ts";

/** One case of a new run. `case_no` is its position in the plan, from 0. */
export interface NewRunCase {
  readonly id: string;
  readonly content_hash: string;
  readonly key: string;
  readonly tags: readonly string[];
  readonly planned: number;
  /** Hash of the prepared request. */
  readonly request_hash: string;
  /** Hash of the request and its recipient; the cache key of answers. */
  readonly asked_hash: string;
}

/** Provides the texts of a case when the store does not have them yet. */
export interface CaseBodies {
  /** JSON of `{"input", "expected"}`. */
  content(caseNo: number): string;
  /** JSON of the prepared request; null when nothing is sent, so that there is nothing to store. */
  request: ((caseNo: number) => string) | null;
  /** Rewrites a content that the store already has, after something was redacted. */
  readonly anew?: boolean;
}

/** The result of one trial, ready to be written. */
export type TrialRecord = {
  readonly case_no: number;
  /** From 1. */
  readonly trial: number;
  /** Counts of this session, which are added to those of earlier sessions. */
  readonly tries?: Tries | undefined;
} & (
  | {
      readonly kind: "answered";
      readonly transcript: Transcript;
      readonly raw: string | null;
      /** Null while scorers are still running: the answer is stored, its scores follow. */
      readonly scores: TrialScoring | null;
    }
  | { readonly kind: "cached"; readonly answer_id: number; readonly scores: TrialScoring | null }
  | { readonly kind: "errored"; readonly error: ErrorKind; readonly message: string }
);

/** The results of all scorers for one answer, or the failure of a required one. */
export type TrialScoring =
  | {
      readonly kind: "scored";
      readonly pass: boolean;
      /** Null for a missing score, undefined when the scorer does not apply to the case. */
      readonly scores: readonly (Score | null | undefined)[];
      /** Why optional scorers could not score, by scorer index, null for the others; absent when all could. */
      readonly voids?: readonly (string | null)[];
    }
  | { readonly kind: "failed"; readonly error: ErrorKind; readonly message: string };

/** For replies without an answer. */
export interface LostSpending extends KnownSpending {
  /** The maximum that replies of unknown cost may have cost and used. */
  readonly most_usd: number;
  readonly most_tokens: number;
}

/** Writes one run. Records are grouped into transactions; `flush` makes all of them durable at once. */
export interface RunWriter {
  readonly no: number;
  /** An answer whose scores are being made. If they never come, because its process ends, it is kept without them. */
  arrived(record: TrialRecord): void;
  /** Queued; committed within this turn of the event loop, before `onCommitted` is called. */
  record(record: TrialRecord): void;
  /** Scores of an answer that was recorded without them. */
  recordScores(caseNo: number, trial: number, scoring: TrialScoring): void;
  /** Queued as a record is. */
  recordLost(reply: LostReply): void;
  /** Commits what is queued now. */
  flush(): void;
  /** Requests sent by this session so far; added to those of earlier sessions. */
  calls(sent: number): void;
  /** The same of requests sent to judges. */
  judgeCalls(sent: number): void;
  /** Ends the session, and lets go of the run. */
  end(status: EndedStatus, report: Json, at: string): void;
}

/** A reply of a judge's model that has just arrived. */
export interface NewJudgement {
  /** Hash of the model's identity and the request as sent; 64 hexadecimal digits. */
  readonly asked: string;
  /** From 1: which of several independent replies to the same question. */
  readonly draw: number;
  /** Hash of the judge that asked. */
  readonly judge: string;
  /** The run that paid; null outside of a run. */
  readonly run_no: number | null;
  readonly case_id: string;
  /** `body` is asked for when the store does not have it yet. */
  readonly request: { readonly hash: string; readonly body: () => string };
  readonly transcript: Transcript;
  readonly raw: string | null;
}

/** Which stored replies may be read back. */
export interface CountingReplies {
  /** Milliseconds since 1970, UTC: older ones do not count; default 0. */
  readonly since?: number;
  /** Discarded ones do not count, but for those with a higher number than this; default: none. */
  readonly discarded_after?: number;
}

/** What the judges of a run have cost so far, over all its sessions. */
export interface JudgeSpending extends KnownSpending {
  /** Of one reply. */
  readonly dearest_usd: number;
  /** Tokens; null when none is known. */
  readonly longest_output: number | null;
}

/** Append-only history of runs. */
export interface Store {
  /** Asynchronous reads in pages: for all but the engine. */
  readonly read: StoreReads;
  /** Looking after it as a whole. */
  readonly care: StoreCare;
  /** Traces of production, apart from the runs. */
  readonly traffic: TrafficStore;
  /** What was sent to be answered later. */
  readonly batches: Batches;
  /** Of calls to models with limits, whichever process makes them. */
  readonly departures: DepartureLog;
  /** Records the plan and starts the run, in one transaction. This process works on it until it ends or the store closes. */
  create(header: RunHeader, cases: Iterable<NewRunCase>, bodies: CaseBodies): RunWriter;
  /**
   * Makes this process the only one that works on a run, until it ends or the store closes.
   * @returns the run as it stands now
   * @throws {EvalsError} EVALS_RUN_BUSY when another process that lives works on it
   */
  claim(run: StoredRun): StoredRun;
  /** Goes on with a run. @throws {EvalsError} as `claim` */
  resume(run: StoredRun): RunWriter;
  /** Newest first. */
  runs(filter: RunFilter): StoredRun[];
  /** Runs whose id starts so; newest first. */
  runsByPrefix(prefix: string): StoredRun[];
  cases(runNo: number): StoredCase[];
  /** One scan, by case and trial; answers' texts stay on the disk. */
  scan(runNo: number): IterableIterator<TrialRow>;
  /** The same without what only the answers know: times, costs and tokens are unknown, refusals and tool calls not reported. */
  scanScores(runNo: number): IterableIterator<TrialRow>;
  /** Whole trials of one case with their answers. */
  trials(runNo: number, caseNo: number): StoredTrial[];
  /** One of them. */
  trial(runNo: number, caseNo: number, trial: number): StoredTrial | undefined;
  /** The case's input and expected, as they were. */
  content(runNo: number, caseNo: number): { readonly input: Json; readonly expected?: Json } | null;
  /** The request as it was prepared for the provider; null for recorded outputs. */
  request(runNo: number, caseNo: number): Json;
  /** Newest answered trial of this number to this request, by the same target. */
  cached(askedHash: string, trial: number): CachedAnswer | undefined;
  /** Ids of the answers that a run's trials point at, those it took from the cache included. */
  answerIds(runNo: number): number[];
  /** What trying again took in a run; null where no trial was tried again or waited. */
  retries(runNo: number): RunRetries | null;
  /** How many of a run's answers a fallback gave in place of the model that was asked. */
  fallbackAnswers(runNo: number): number;
  /** Ids of the runs that asked for the answers which a case of this run took from the cache, by case number. */
  origins(runNo: number): ReadonlyMap<number, readonly string[]>;
  /** Transcript and answer id of a stored trial, for scoring again. */
  transcript(runNo: number, caseNo: number, trial: number): CachedAnswer | undefined;
  /** Its number, once it is on the disk: those that arrive in one turn of the event loop are committed together. */
  recordJudgement(judgement: NewJudgement): Promise<number>;
  /** Newest reply of this draw to this question that counts. */
  judgement(asked: string, draw: number, counts?: CountingReplies): StoredJudgement | undefined;
  /** These gave no verdict. */
  discardJudgements(ids: readonly number[]): void;
  /** Number of the newest reply; 0 for none. */
  newestJudgement(): number;
  /** In the order of the numbers; those that are not there are left out. */
  judgements(ids: readonly number[]): StoredJudgement[];
  /** Those that a run has paid for about one case, oldest first. */
  judgementsOfCase(runNo: number, caseId: string): StoredJudgement[];
  /** The request that a reply answers, as it was sent. */
  judgementRequest(id: number): Json;
  /** Replies without an answer included. */
  judgeSpending(runNo: number): JudgeSpending;
  /** Replies of a run that gave no answer, one by one. */
  lostReplies(runNo: number): LostReply[];
  /** What was paid for replies that gave no answer. */
  lostSpending(runNo: number, of: "target" | "judges"): LostSpending;
  /** What was paid for the target's answers that have no scores, and for its replies that gave no answer. */
  unscoredSpending(runNo: number): KnownSpending;
  /** Keeps what is queued as far as it can be written, and lets go of the runs that this process works on. */
  close(): void;
}

export type {
  CachedAnswer,
  KnownSpending,
  LostReply,
  RunCounts,
  RunFilter,
  StoredAnswer,
  StoredJudgement,
  StoredRun,
  TrialRow,
};
