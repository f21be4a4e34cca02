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
  JudgeSpending,
  KnownSpending,
  LostReply,
  RunFilter,
  StoredJudgement,
  StoredRun,
  TrialOutcome,
  TrialRow,
} from "./stored.ts";
import type { TrafficStore } from "./traffic.ts";

/** One case of a new run. `case_no` is its position in the plan, from 0. */
export interface NewRunCase {
  readonly id: string;
  readonly content_hash: string;
  readonly key: string;
  readonly tags: readonly string[];
  /** Number of trials that the run has of this case. */
  readonly planned: number;
  /** Hash of the prepared request. */
  readonly request_hash: string;
  /** Hash of the request and its recipient; the cache key of answers. */
  readonly asked_hash: string;
}

/** Gives the texts of a case. The store asks only for texts that it does not have yet. */
export interface CaseBodies {
  /** JSON of `{"input", "expected"}`. */
  content(caseNo: number): string;
  /** JSON of the prepared request. Null when the run sends no requests; then there is nothing to store. */
  request: ((caseNo: number) => string) | null;
  /**
   * Whether the given content replaces a stored content with the same hash. True for a run with redaction: a run before
   * it, without redaction, may have stored the content with personal data.
   */
  readonly anew?: boolean;
}

/** The result of one trial, ready to be written. */
export type TrialRecord = {
  readonly case_no: number;
  /** From 1. */
  readonly trial: number;
  /** Attempts and waiting time in this session, which are added to those of earlier sessions. */
  readonly tries?: Tries | undefined;
} & (
  | {
      readonly kind: "answered";
      readonly transcript: Transcript;
      readonly raw: string | null;
      /** Null while scorers are still running: the answer is stored, its scores follow. */
      readonly scores: TrialScoring | null;
      /** Whether the cache never gives this answer to another run; default false. */
      readonly uncached?: boolean | undefined;
      /** Whether an earlier run of another history asked for the answer, so that this run took it from its cache; default false. */
      readonly cached?: boolean | undefined;
    }
  | { readonly kind: "cached"; readonly answer_id: number; readonly scores: TrialScoring | null }
  | { readonly kind: "errored"; readonly error: ErrorKind; readonly message: string }
);

/** The results of all scorers for one answer, or the failure of a required scorer. */
export type TrialScoring =
  | {
      readonly kind: "scored";
      readonly pass: boolean;
      /** Null for a missing score, undefined when the scorer does not apply to the case. */
      readonly scores: readonly (Score | null | undefined)[];
      /**
       * For each scorer by index, why it could not score; null for a scorer that could. Only optional scorers can
       * fail here. Absent when all scorers could score.
       */
      readonly voids?: readonly (string | null)[];
    }
  | { readonly kind: "failed"; readonly error: ErrorKind; readonly message: string };

/** The sum of a run's `LostReply`s. */
export interface LostSpending extends KnownSpending {
  /** The most that the requests of unknown cost can have cost, in US dollars and in tokens. */
  readonly most_usd: number;
  readonly most_tokens: number;
}

/** Writes one run. Records wait in a queue and are committed in groups; `flush` commits all of them immediately. */
export interface RunWriter {
  readonly no: number;
  /**
   * Holds an answer that is still being scored. If the store closes before the scores arrive, the answer is stored
   * without scores.
   */
  arrived(record: TrialRecord): void;
  /** Queues a record. It is committed at the end of this turn of the event loop. */
  record(record: TrialRecord): void;
  /** Adds the scores of an answer that `record` stored without scores. */
  recordScores(caseNo: number, trial: number, scoring: TrialScoring): void;
  /** Queues a cost that no stored answer includes. */
  recordLost(reply: LostReply): void;
  /**
   * Sets the function that the writer calls at each commit. It returns the cost of all replies that were received in
   * conversations that have not ended yet, as one `LostReply`; null when there is none. The writer stores it, and
   * replaces it at the next commit: if the process is killed, this cost is still counted.
   */
  unfinished(replies: () => LostReply | null): void;
  /** Commits the queue now. */
  flush(): void;
  /** Adds to the number of requests that the run has sent; committed soon after. @param sent number of further requests */
  calls(sent: number): void;
  /** Adds to the number of requests that the run has sent to judges. @param sent number of further requests */
  judgeCalls(sent: number): void;
  /** Ends the session and releases the run. */
  end(status: EndedStatus, report: Json, at: string): void;
}

/** A new reply of a judge's model. */
export interface NewJudgement {
  /** Hash of the model's identity and the request as sent; 64 hexadecimal digits. */
  readonly asked: string;
  /** The number of this reply among several independent replies to the same question, from 1. */
  readonly draw: number;
  /** Hash of the judge that asked. */
  readonly judge: string;
  /** The run that paid for the reply; null outside of a run. */
  readonly run_no: number | null;
  readonly case_id: string;
  /** `body` is called when the store does not have the request yet. */
  readonly request: { readonly hash: string; readonly body: () => string };
  readonly transcript: Transcript;
  readonly raw: string | null;
}

/** The conditions under which a stored reply counts and may be reused. */
export interface CountingReplies {
  /** Milliseconds since 1970, UTC: older replies do not count; default 0. */
  readonly since?: number;
  /** Discarded replies count only if their number is higher than this; default: no discarded reply counts. */
  readonly discarded_after?: number;
}

/** Append-only store of runs. */
export interface Store {
  /** Asynchronous, paged reads for all parts of the program except the engine. */
  readonly read: StoreReads;
  /** Maintenance of the whole store. */
  readonly care: StoreCare;
  /** Production traces, separate from runs. */
  readonly traffic: TrafficStore;
  /** Requests sent in batches. */
  readonly batches: Batches;
  /** The log of calls to models that have rate limits, shared by all processes. */
  readonly departures: DepartureLog;
  /**
   * Records the plan and starts the run, in one transaction. This process works on the run until its session ends
   * or the store closes.
   */
  create(header: RunHeader, cases: Iterable<NewRunCase>, bodies: CaseBodies): RunWriter;
  /**
   * Makes this process the only one that works on a run, until its session ends or the store closes.
   *
   * @returns the current state of the run
   * @throws {EvalsError} EVALS_RUN_BUSY when another living process works on the run
   */
  claim(run: StoredRun): StoredRun;
  /** Resumes a run, and keeps the given header. @throws {EvalsError} like `claim` */
  resume(run: StoredRun): RunWriter;
  /** The runs that match the filter, newest first. */
  runs(filter: RunFilter): StoredRun[];
  /** Runs whose id starts with the prefix, newest first. */
  runsByPrefix(prefix: string): StoredRun[];
  cases(runNo: number): StoredCase[];
  /** All trials in one scan, by case and trial; answer texts are not loaded. */
  scan(runNo: number): IterableIterator<TrialRow>;
  /**
   * Like `scan`, without reading the answers: latency, cost and tokens are unknown, refusals and tool calls not
   * reported.
   */
  scanScores(runNo: number): IterableIterator<TrialRow>;
  /** The trials of one case with all their data, including the answers. */
  trials(runNo: number, caseNo: number): StoredTrial[];
  /** The input and the expected value of a case; null when no such case is stored. */
  content(runNo: number, caseNo: number): { readonly input: Json; readonly expected?: Json } | null;
  /** The request as prepared for the provider; null for recorded outputs. */
  request(runNo: number, caseNo: number): Json;
  /**
   * The newest stored answer to the request with this hash, from a trial with this number.
   *
   * @param askedHash see `asked_hash` of `NewRunCase`
   */
  cached(askedHash: string, trial: number): CachedAnswer | undefined;
  /** Retries and waiting time of a run; null when no trial was retried or waited. */
  retries(runNo: number): RunRetries | null;
  /** How many of a run's answers came from a fallback model. */
  fallbackAnswers(runNo: number): number;
  /** Transcript and answer id of a stored trial, for rescoring. */
  transcript(runNo: number, caseNo: number, trial: number): CachedAnswer | undefined;
  /**
   * Stores a judge's reply and returns its number once it is on disk. Replies that arrive in one turn of the
   * event loop are committed together.
   */
  recordJudgement(judgement: NewJudgement): Promise<number>;
  /** The newest reusable reply with this draw to this question; undefined when there is none. */
  judgement(asked: string, draw: number, counts?: CountingReplies): StoredJudgement | undefined;
  /** Marks replies as having no verdict. */
  discardJudgements(ids: readonly number[]): void;
  /** Number of the newest reply; 0 when there is none. */
  newestJudgement(): number;
  /** The judge replies with these ids, in the order of the ids; ids that are not stored are left out. */
  judgements(ids: readonly number[]): StoredJudgement[];
  /** The judge replies that a run paid for about one case, oldest first. */
  judgementsOfCase(runNo: number, caseId: string): StoredJudgement[];
  /** The judge replies that a run paid for and whose cost or tokens are unknown, oldest first. */
  untoldJudgements(runNo: number): StoredJudgement[];
  /** The request of a judge reply, as sent. */
  judgementRequest(id: number): Json;
  /** The cost of a run's judges, including the costs that no stored reply includes (`LostReply`). */
  judgeSpending(runNo: number): JudgeSpending;
  /** The sum of the costs that no stored answer includes (`LostReply`). */
  lostSpending(runNo: number, of: "target" | "judges"): LostSpending;
  /**
   * The cost of the target's answers that have no scores, and the target's costs that no stored answer includes
   * (`LostReply`).
   */
  unscoredSpending(runNo: number): KnownSpending;
  /** Commits the queue as far as possible, releases this process's runs, and closes the store. */
  close(): void;
}

export type {
  CachedAnswer,
  JudgeSpending,
  KnownSpending,
  LostReply,
  RunCounts,
  RunFilter,
  StoredAnswer,
  StoredJudgement,
  StoredRun,
  TrialOutcome,
  TrialRow,
};
