import type { CaseBaseline } from "./case-baseline.ts";
import type { TranscriptDocument } from "./describe-transcript.ts";
import type { Failure } from "./failure.ts";
import type { Json } from "./json.ts";
import type { JudgeExchange } from "./judge-exchange.ts";
import type { RunReport } from "./report.ts";
import type { RunHeader, RunStatus, StoredCase, StoredTrial } from "./run.ts";
import type { TrafficScore, TrafficTrace } from "./traffic.ts";

/** The result for a word like `latest`, `latest/refund-07`, `latest/refund-07/1` or `trace:4bf92f`. */
export type Shown = ShownRun | ShownCase | ShownTrial | ShownTrace;

/** A run with its cases. */
export interface ShownRun {
  readonly kind: "run";
  readonly header: RunHeader;
  readonly status: RunStatus;
  /** The stored report; null for a run that has not ended. */
  readonly report: Json;
  /** As a report; for a run that has not ended, computed from its trials. */
  readonly runReport: RunReport;
  /** In plan order; only those that do not always pass, where `failing` says so. */
  readonly listed: readonly CountedCase[];
  readonly failing: boolean;
  /** Why a listed case fails, by its number, in the words of the first trial that does; empty unless asked for. */
  readonly reasons: ReadonlyMap<number, string>;
  /** Cases of the whole run, listed or not. */
  readonly cases: number;
  /** Those of them without an answer. */
  readonly unanswered: number;
}

/** A case and what its trials came to. */
export interface CountedCase extends StoredCase {
  /** Trials with an answer. */
  readonly answered: number;
  readonly passed: number;
  readonly errored: number;
}

/** A case's input and expected as they were. */
export interface CaseContent {
  readonly input: Json;
  readonly expected?: Json;
}

/** One case over its trials. */
export interface ShownCase {
  readonly kind: "case";
  readonly header: RunHeader;
  readonly case: string;
  /** Null where the store does not have it. */
  readonly content: CaseContent | null;
  readonly trials: readonly {
    readonly trial: StoredTrial;
    /** Null for a trial without an answer. */
    readonly transcript: TranscriptDocument | null;
    /** Why it failed; null for one that did not. */
    readonly failure: Failure | null;
  }[];
  /** The case on the side that the run was compared with. */
  readonly baseline: CaseBaseline | null;
}

/** One trial, whole. */
export interface ShownTrial {
  readonly kind: "trial";
  readonly header: RunHeader;
  readonly case: string;
  readonly content: CaseContent | null;
  /** As it was prepared for the provider; null where the answer was made elsewhere. */
  readonly request: Json;
  readonly trial: StoredTrial;
  readonly transcript: TranscriptDocument | null;
  /** Why it failed; null for one that did not. */
  readonly failure: Failure | null;
  /** What judges were asked, and what they replied. */
  readonly judged: readonly JudgeExchange[];
}

/** One exchange of production, whole. */
export interface ShownTrace {
  readonly kind: "trace";
  readonly trace: TrafficTrace;
  readonly transcript: TranscriptDocument;
  /** What scorers said of it. */
  readonly scores: readonly TrafficScore[];
}
