import type { Json } from "../domain/json.ts";
import type { StoredJudgement } from "../domain/judge-exchange.ts";
import type { ErrorKind } from "../domain/outcome.ts";
import type { RunHeader, RunStatus } from "../domain/run.ts";
import type { Transcript, Usage } from "../domain/transcript.ts";
import type { WayCounts } from "../domain/way-counts.ts";

/** A run as the history lists it. */
export interface StoredRun {
  readonly no: number;
  readonly header: RunHeader;
  readonly status: RunStatus;
  /** Id of the process of this machine that works on it now; null when none does. */
  readonly process: number | null;
  readonly ended_at: string | null;
  /** The report as it was printed; null for a run that has not ended. */
  readonly report: Json;
  /** Requests sent over all sessions. */
  readonly calls: number;
  /** The same of those sent to judges, which `calls` leaves out. */
  readonly judge_calls: number;
}

/** Which runs are listed. */
export interface RunFilter {
  /** The canaries of this run; without it canaries are left out. */
  readonly canary_of?: string | undefined;
  /** The variants of this run's trials; without it variants are left out. */
  readonly pressure_of?: string | undefined;
  readonly suite?: string | undefined;
  readonly plan?: string | undefined;
  readonly status?: readonly RunStatus[] | undefined;
  readonly limit?: number | undefined;
}

/** A trial's numbers as one scan reads them, without its texts. */
export interface TrialRow {
  readonly case_no: number;
  readonly trial: number;
  readonly kind: "answered" | "errored";
  readonly error: ErrorKind | null;
  readonly cached: boolean;
  readonly pass: boolean | null;
  /** Score, pass and, for an ensemble of judges, agreement of each scorer; null where void, undefined where the case is not scored by it. */
  readonly scores: readonly (readonly [number, boolean, (number | undefined)?] | null | undefined)[];
  readonly latency_ms: number | null;
  readonly cost_usd: number | null;
  readonly usage: Usage;
  /** Null when the answer does not report it. */
  readonly refused: boolean | null;
  /** Null when the answer does not report it. */
  readonly tool_calls: number | null;
  /** The limit on tokens ended the answer. */
  readonly cut: boolean;
  /** What its way amounts to; absent where nobody counted. */
  readonly way?: WayCounts | undefined;
}

export type { StoredJudgement };

/** A request that was sent and gave no answer, and what is known of its price. */
export interface LostReply {
  readonly case_id: string;
  /** Hash of the judge that asked; null for the run's target. */
  readonly judge: string | null;
  readonly usage: Usage;
  /** US dollars; null where nobody knows. */
  readonly cost_usd: number | null;
  /** The most that it can have cost and taken; null where that is unknown too. */
  readonly most_usd: number | null;
  readonly most_tokens: number | null;
}

/** What was paid of a run's money, as far as it is known. */
export interface KnownSpending {
  readonly replies: number;
  /** US dollars of those replies whose cost is known. */
  readonly usd: number;
  /** Replies whose cost is unknown. */
  readonly unpriced: number;
  readonly tokens: number;
}

/** An earlier answer to the same trial number of the same request. */
export interface CachedAnswer {
  readonly answer_id: number;
  readonly transcript: Transcript;
}
