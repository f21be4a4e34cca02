import type { CaseBaseline } from "./case-baseline.ts";
import type { TranscriptDocument } from "./describe-transcript.ts";
import type { Failure } from "./failure.ts";
import type { Json } from "./json.ts";
import type { JudgeExchange } from "./judge-exchange.ts";
import type { RunReport } from "./report.ts";
import type { RunHeader, RunStatus, StoredCase, StoredTrial } from "./run.ts";
import type { TrafficScore, TrafficTrace } from "./traffic.ts";

/** What `evals show` finds for a word like `latest`, `latest/refund-07`, `latest/refund-07/1` or `trace:4bf92f`. */
export type Shown = ShownRun | ShownCase | ShownTrial | ShownTrace;

/** A run with its cases. */
export interface ShownRun {
  readonly kind: "run";
  readonly header: RunHeader;
  readonly status: RunStatus;
  /** The stored report; null for a run that has not ended. */
  readonly report: Json;
  /** The run's report; for a run that has not ended, computed from its trials. */
  readonly runReport: RunReport;
  /** The run's cases in plan order; with `failing`, only those that do not always pass. */
  readonly listed: readonly CountedCase[];
  readonly failing: boolean;
  /** Why each listed case fails, by case number, from its first failing trial; empty unless requested. */
  readonly reasons: ReadonlyMap<number, string>;
  /** Number of cases of the whole run, listed or not. */
  readonly cases: number;
  /** Number of cases of the whole run without an answer. */
  readonly unanswered: number;
}

/** A case with the counts of its trials. */
export interface CountedCase extends StoredCase {
  /** Number of trials with an answer. */
  readonly answered: number;
  readonly passed: number;
  readonly errored: number;
}

/** A case's original input and expected value. */
export interface CaseContent {
  readonly input: Json;
  readonly expected?: Json;
}

/** One case with its trials. */
export interface ShownCase {
  readonly kind: "case";
  readonly header: RunHeader;
  readonly case: string;
  /** Null when the store does not have the case's content. */
  readonly content: CaseContent | null;
  readonly trials: readonly {
    readonly trial: StoredTrial;
    /** Null for a trial without an answer. */
    readonly transcript: TranscriptDocument | null;
    /** Why the trial failed; null when it did not fail. */
    readonly failure: Failure | null;
  }[];
  /** The same case on the side that the run was compared with (a baseline or another run). */
  readonly baseline: CaseBaseline | null;
}

/** One trial with all its data. */
export interface ShownTrial {
  readonly kind: "trial";
  readonly header: RunHeader;
  readonly case: string;
  readonly content: CaseContent | null;
  /** The request as prepared for the provider; null when the answer was made elsewhere. */
  readonly request: Json;
  readonly trial: StoredTrial;
  readonly transcript: TranscriptDocument | null;
  /** Why the trial failed; null when it did not fail. */
  readonly failure: Failure | null;
  /** The questions to judges, and their replies. */
  readonly judged: readonly JudgeExchange[];
}

/** One exchange of production with all its data. */
export interface ShownTrace {
  readonly kind: "trace";
  readonly trace: TrafficTrace;
  readonly transcript: TranscriptDocument;
  /** Scores of the trace. */
  readonly scores: readonly TrafficScore[];
}
