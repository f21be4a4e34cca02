import type { Json } from "../domain/json.ts";
import type { StoredJudgement } from "../domain/judge-exchange.ts";
import type { ErrorKind } from "../domain/outcome.ts";
import type { RunHeader, RunStatus } from "../domain/run.ts";
import type { Transcript, Usage } from "../domain/transcript.ts";
import type { WayCounts } from "../domain/way-counts.ts";

/** A run as stored. */
export interface StoredRun {
  readonly no: number;
  readonly header: RunHeader;
  readonly status: RunStatus;
  /** Id of the process that works on the run, here or on another machine; null when there is none. */
  readonly process: number | null;
  /** ISO 8601, UTC; null for a run that has not ended. */
  readonly ended_at: string | null;
  /** The run's report as JSON; null for a run that has not ended. */
  readonly report: Json;
  /** Number of requests sent in all sessions. */
  readonly calls: number;
  /** Number of requests sent to judges in all sessions; not included in `calls`. */
  readonly judge_calls: number;
}

/** The conditions by which runs are listed; a run must meet all conditions that are set. */
export interface RunFilter {
  /** Id of a run: only the runs of its canaries are listed. When absent, runs of canaries are left out. */
  readonly canary_of?: string | undefined;
  /** Id of a run: only the runs of its trials' variants are listed. When absent, such runs are left out. */
  readonly pressure_of?: string | undefined;
  readonly suite?: string | undefined;
  readonly plan?: string | undefined;
  readonly status?: readonly RunStatus[] | undefined;
  readonly limit?: number | undefined;
}

/** The outcome of one trial. */
export type TrialOutcome = Pick<TrialRow, "case_no" | "trial" | "kind" | "pass">;

/** The numeric results of a trial, without its texts. */
export interface TrialRow {
  readonly case_no: number;
  readonly trial: number;
  readonly kind: "answered" | "errored";
  readonly error: ErrorKind | null;
  readonly cached: boolean;
  readonly pass: boolean | null;
  /**
   * Score, pass and (for a judge ensemble) agreement of each scorer; null for a missing score, undefined when the
   * scorer does not apply to the case.
   */
  readonly scores: readonly (readonly [number, boolean, (number | undefined)?] | null | undefined)[];
  readonly latency_ms: number | null;
  readonly cost_usd: number | null;
  readonly usage: Usage;
  /** Whether the model refused; null when the answer does not report it. */
  readonly refused: boolean | null;
  /** Number of tool calls; null when the answer does not report them. */
  readonly tool_calls: number | null;
  /** Whether the token limit truncated the answer. */
  readonly cut: boolean;
  /** Counts of the answer's trajectory; absent when they were not counted. */
  readonly way?: WayCounts | undefined;
}

export type { StoredJudgement };

/**
 * A cost that no stored answer includes: that of a request that was sent, may have cost something, and brought no
 * answer. For a call of an answered conversation, it is the part of the call's cost that the answer does not include.
 */
export interface LostReply {
  readonly case_id: string;
  /** Hash of the judge that asked; null for the run's target. */
  readonly judge: string | null;
  readonly usage: Usage;
  /** US dollars; null when unknown. */
  readonly cost_usd: number | null;
  /** The most that the request can have cost, in US dollars and in tokens; null when that is unknown too. */
  readonly most_usd: number | null;
  readonly most_tokens: number | null;
}

/** The cost of some replies of a run, as far as it is known. */
export interface KnownSpending {
  readonly replies: number;
  /** US dollars of the replies with known cost. */
  readonly usd: number;
  /** Number of replies with unknown cost. */
  readonly unpriced: number;
  /** Tokens of the replies whose usage is known. */
  readonly tokens: number;
  /** Number of replies with unknown tokens. */
  readonly untold: number;
}

/** The cost of a run's judges in all sessions of the run. */
export interface JudgeSpending extends KnownSpending {
  /** US dollars of the most expensive reply; null when unknown. */
  readonly dearest_usd: number | null;
  /** The largest number of output tokens in one reply; null when unknown. */
  readonly longest_output: number | null;
}

/** An earlier answer to the same request with the same trial number. */
export interface CachedAnswer {
  readonly answer_id: number;
  readonly transcript: Transcript;
}
