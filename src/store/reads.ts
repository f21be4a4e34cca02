import type { Json } from "../domain/json.ts";
import type { Cursor, Page, PageRequest } from "../domain/pages.ts";
import type { RunRetries } from "../domain/report.ts";
import type { RunHeader, RunStatus, StoredAnswer, StoredCase, StoredTrial } from "../domain/run.ts";
import type { Transcript } from "../domain/transcript.ts";
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

/** The current progress of a run. */
export interface RunState {
  readonly status: RunStatus;
  /** Id of the process that works on the run, here or on another machine; null when there is none. */
  readonly process: number | null;
  /** ISO 8601, UTC; null for a run that has not ended. */
  readonly ended_at: string | null;
  /** Number of requests sent in all sessions. */
  readonly calls: number;
  /** Number of requests sent to judges in all sessions. */
  readonly judge_calls: number;
}

/** A run without its report, which can be large. */
export interface ListedRun extends RunState {
  readonly no: number;
  readonly header: RunHeader;
}

/** An earlier run with an answer that a case of a later run reuses from the cache. */
export interface Origin {
  /** Number of the case in the later run. */
  readonly case_no: number;
  /** Id of the earlier run. */
  readonly run: string;
}

/** The data of a failed trial from which the reason for its failure is found. */
export interface FailedTrial
  extends Pick<StoredTrial, "case_id" | "trial" | "cached" | "error" | "message" | "pass" | "scores"> {
  readonly case_no: number;
  readonly answer: FailedAnswer | null;
}

export type FailedAnswer = Pick<
  StoredAnswer,
  "output" | "messages" | "tool_calls" | "finish_reason" | "refusal" | "trajectory"
> &
  Pick<Transcript, "untold">;

/** The changes of a run after a cursor. */
export interface RunChanges {
  /** The run's state, read before the trials: if the run has ended and `more` is false, no trial is missing. */
  readonly state: RunState;
  /** New trials and trials with new scores, in their current state. A trial that changes again is returned again. */
  readonly trials: readonly TrialRow[];
  /** Cursor for later changes. */
  readonly next: Cursor;
  /** Whether more changes exist than fit into the limit. */
  readonly more: boolean;
}

/**
 * How all parts of the program except the engine read the store. The reads are asynchronous and paged, so that the
 * store can be behind a network and a large run is never completely in memory.
 *
 * Throws `RangeError` for a cursor of another list or a modified one.
 */
export interface StoreReads {
  /** The runs that match the filter, newest first. */
  runs(filter: Omit<RunFilter, "limit">, page?: PageRequest): Promise<Page<ListedRun>>;
  /** One run with its report; undefined when no run has this number. */
  run(runNo: number): Promise<StoredRun | undefined>;
  /** Runs whose id starts with the prefix, newest first; at most 20. */
  runsByPrefix(prefix: string): Promise<StoredRun[]>;
  /** The cases of a run in plan order. */
  cases(runNo: number, page?: PageRequest): Promise<Page<StoredCase>>;
  /** The numeric results of a run's trials, by case and trial; answer texts are not loaded. */
  trials(runNo: number, page?: PageRequest): Promise<Page<TrialRow>>;
  /**
   * Like `trials`, without latency, cost and tokens, which are unknown here. Faster, because the answers are not read.
   */
  scores(runNo: number, page?: PageRequest): Promise<Page<TrialRow>>;
  /** Like `scores`, but only with the outcomes. Several times as fast. */
  outcomes(runNo: number, page?: PageRequest): Promise<Page<TrialOutcome>>;
  /** Ids of the trials' answers, by case and trial, including cached answers. */
  answerIds(runNo: number, page?: PageRequest): Promise<Page<number>>;
  /** The earlier runs whose answers a run took from the cache, by case and run. */
  origins(runNo: number, page?: PageRequest): Promise<Page<Origin>>;
  /** The costs of a run that no stored answer includes, in order of time. */
  lostReplies(runNo: number, page?: PageRequest): Promise<Page<LostReply>>;
  /** How many of a run's answers came from a fallback model. */
  fallbackAnswers(runNo: number): Promise<number>;
  /**
   * The cost of the target's answers that have no scores, and the target's costs that no stored answer includes
   * (`LostReply`).
   */
  unscoredSpending(runNo: number): Promise<KnownSpending>;
  /** The cost of a run's judges, including the costs that no stored reply includes (`LostReply`). */
  judgeSpending(runNo: number): Promise<JudgeSpending>;
  /** Attempts and waiting time of a run's retries; null when no trial was retried or waited. */
  retries(runNo: number): Promise<RunRetries | null>;
  /** Transcript and answer id of a stored trial. */
  transcript(runNo: number, caseNo: number, trial: number): Promise<CachedAnswer | undefined>;
  /**
   * Changes of a run since a cursor; without one, from the beginning. Follow `next` while `more` is true, then poll
   * from time to time.
   */
  since(runNo: number, page?: PageRequest): Promise<RunChanges>;
  /**
   * The trials that failed or that the simulated user spoiled, with their answers, by case and trial. Use small
   * pages: an answer can be megabytes.
   */
  failedTrials(runNo: number, page?: PageRequest): Promise<Page<FailedTrial>>;
  /** The trials of one case with all their data, including the answers, in order of their numbers. */
  trialsOfCase(runNo: number, caseNo: number): Promise<StoredTrial[]>;
  /** One trial of a case. */
  trial(runNo: number, caseNo: number, trial: number): Promise<StoredTrial | undefined>;
  /** The input and the expected value of a case; null when no such case is stored. */
  content(runNo: number, caseNo: number): Promise<{ readonly input: Json; readonly expected?: Json } | null>;
  /** The request as prepared for the provider; null for recorded outputs. */
  request(runNo: number, caseNo: number): Promise<Json>;
  /** The judge replies with these ids, in the order of the ids; ids that are not stored are left out. */
  judgements(ids: readonly number[]): Promise<StoredJudgement[]>;
  /** The judge replies that a run paid for about one case, oldest first. */
  judgementsOfCase(runNo: number, caseId: string): Promise<StoredJudgement[]>;
  /** The request that a judge reply answers, as sent. */
  judgementRequest(id: number): Promise<Json>;
}

/** Default page size. */
const PAGE = 1000;

/** The maximum number of items in a page. @throws {RangeError} for a limit below 1 */
export function pageLimit({ limit = PAGE }: PageRequest): number {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`a page of ${limit} items`);
  return limit;
}

/**
 * The numbers in a cursor.
 *
 * @param kind first letter of this list's cursors
 * @returns null at the beginning of the list
 * @throws {RangeError} when `after` is not a cursor of this list
 */
export function cursorNumbers(kind: string, after: Cursor | null | undefined): number[] | null {
  if (after === null || after === undefined) return null;
  const numbers = after.slice(1).split(".").map(Number);
  if (after[0] !== kind || !/^\w\d{1,15}(\.\d{1,15})*$/.test(after))
    throw new RangeError(`not a cursor of this list: ${JSON.stringify(after.slice(0, 40))}`);
  return numbers;
}

export function cursorOf(kind: string, ...numbers: readonly number[]): Cursor {
  return `${kind}${numbers.join(".")}`;
}
