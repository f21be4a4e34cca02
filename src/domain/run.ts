import type { CorrectedRate } from "./calibration.ts";
import type { DriftNight } from "./drift.ts";
import type { Fault } from "./failure.ts";
import type { Json } from "./json.ts";
import type { JudgeRef } from "./judge.ts";
import type { ErrorKind, SkipReason, Tries } from "./outcome.ts";
import type { PressureKind } from "./pressure.ts";
import type { TurnScore } from "./score.ts";
import type { Trajectory } from "./trajectory.ts";
import type { Usage } from "./transcript.ts";

/** How a run was narrowed below its suite; such a run compares only the chosen cases and cannot be promoted. */
export interface Narrowing {
  /** Ids, or patterns of ids; empty for all. */
  readonly cases: readonly string[];
  readonly tags: readonly string[];
  /** `2/5`: the second of five parts. */
  readonly shard: string | null;
  /** Words that the input or what is expected holds; absent where nobody asked for any. */
  readonly words?: string | undefined;
  /** The run of which `cases` did not pass everywhere; empty where there was none yet. Absent without `--failing`. */
  readonly failing?: string | undefined;
}

/** A scorer as a run used it. */
export interface RunScorer {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly binary: boolean;
  /** Hash of the scorer's identity; 64 hexadecimal digits. Equal hashes score alike. */
  readonly hash: string;
  /** It rests on what a model thinks: unless it is calibrated against people, it informs and cannot block. */
  readonly opinion?: boolean | undefined;
  /** The judge whose verdicts these are; its calibration is looked up by it. */
  readonly judge?: JudgeRef | undefined;
  /** Asked only of trials that pass every required scorer without an opinion; absent when it is always asked. */
  readonly judge_when?: "passed" | undefined;
}

/** All that is known of a run before its first trial. */
export interface RunHeader {
  /** Short, random, unique in the store; any unambiguous prefix names the run. */
  readonly id: string;
  readonly suite: string;
  /** Alias of the model in evalconfig.yaml. */
  readonly alias: string;
  /** True when the suite lists several models, so that each has its own baseline file. */
  readonly one_of_several: boolean;
  /** The suite lists several prompts, so that each has its own baseline file; absent where it does not. */
  readonly one_of_prompts?: boolean | undefined;
  readonly provider: string;
  /** `prompt 1.2.0 · gpt-5.4-mini-2026-03-17`; for people. */
  readonly target: string;
  readonly model: string;
  readonly prompt: { readonly name: string; readonly version: string } | null;
  /** Trials asked of each case (k). */
  readonly trials: number;
  readonly cases: number;
  /** Σ over cases of the trials that can be had; cases × k but for recorded outputs with fewer. */
  readonly planned: number;
  /** Root of the case keys; 64 hexadecimal digits. */
  readonly fingerprint: string;
  /** Hash of the target's identity, beside the requests. */
  readonly target_hash: string;
  /** The run whose answers this one scored again; null when it asked for itself. */
  readonly rescored_from: string | null;
  /** The run for which these canaries were asked (docs/decisions/0001-canary.md); absent for a run of its own. */
  readonly canary_of?: string | undefined;
  /** The run whose passing trials these variants come from; absent for a run of its own. */
  readonly pressure_of?: string | undefined;
  /** Kinds of pressure that its passing trials are put under; absent where they are not. */
  readonly pressure?: readonly PressureKind[] | undefined;
  /** Hash of the model, with its prompt, that played the person; absent where none did. */
  readonly played_by?: string | undefined;
  /** Equal for two runs of which one can continue the other: suite, target, fingerprint, trials, narrowing. */
  readonly plan: string;
  readonly narrowing: Narrowing | null;
  /** Of a shard: fingerprint of the run that it is a part of. */
  readonly whole_fingerprint?: string | undefined;
  readonly scorers: readonly RunScorer[];
  /** What the hashes stand for; absent in runs of older versions. */
  readonly parts?: RunParts | undefined;
  /** It is one of a series that looks for drift; absent for a run of its own. */
  readonly drift?: DriftNight | undefined;
  /** Who says what the model's tokens cost; absent where nobody does. */
  readonly price_source?: string | undefined;
  /** It is asked in batches; absent where it is asked call by call. */
  readonly batch?: boolean | undefined;
  /** The dataset's texts, and the answers to it, stay in the store; absent where they need not. */
  readonly restricted?: boolean | undefined;
  /** Hash of HEAD; null outside git or before the first commit. */
  readonly commit: string | null;
  /** The branch that HEAD was on; null where it was on none, absent in runs of older versions. */
  readonly branch?: string | null | undefined;
  /** The work tree differed from HEAD; null outside git. */
  readonly dirty: boolean | null;
  /** ISO 8601, UTC. */
  readonly started_at: string;
}

/** The identities behind a fingerprint, so that two runs can be compared part by part. Nothing secret is in them. */
export interface RunParts {
  /** Path relative to the project root. */
  readonly dataset: string;
  /** What of the target defines behaviour beside the request. */
  readonly target: Json;
  /** Of each scorer, in the order of the header's. */
  readonly scorers: readonly Json[];
}

export type RunStatus =
  /** A process works on it now. */
  | "running"
  /** Not ended, and the process that worked on it is gone. */
  | "interrupted"
  | EndedStatus;

/** Whether a run has not come to its end: trials may be missing that nobody skipped. */
export function isUnfinished(status: RunStatus): status is "running" | "interrupted" {
  return status === "running" || status === "interrupted";
}

/** How a run can have ended. */
export type EndedStatus =
  /** Every planned trial was answered. */
  | "complete"
  /** The gate had decided before all trials were asked. */
  | "stopped_early"
  /** Trials errored or were skipped. */
  | "incomplete";

/** How many trials became what. trials = answered + errored + skipped + not_needed. */
export interface RunCounts {
  readonly cases: number;
  readonly trials: number;
  readonly answered: number;
  readonly errored: number;
  readonly skipped: number;
  readonly not_needed: number;
  /** Requests sent, retries included, over all sessions of the run. */
  readonly calls: number;
  /** Requests sent to judges, which `calls` leaves out; absent for a suite without judges. */
  readonly judge_calls?: number | undefined;
  /** Variants of passing trials, which `trials` leaves out; absent for a suite without pressure. */
  readonly variants?: VariantCounts | undefined;
  /** Answered trials whose answer came from the cache. */
  readonly cached: number;
  /**
   * Calls that a worker had sent when it was lost: whether they were answered nobody knows. Each counts in the money at the most
   * that it can have cost. Absent for a run of one process.
   */
  readonly uncertain?: number | undefined;
  /** Answered trials whose answer the limit on tokens ended; absent in reports of older versions. */
  readonly cut?: number | undefined;
}

/** How many variants of passing trials became what. variants = answered + errored + skipped. */
export interface VariantCounts {
  readonly variants: number;
  readonly answered: number;
  readonly errored: number;
  readonly skipped: number;
}

/** A number with what is known of its precision; null is unknown. */
export interface MetricValue {
  readonly value: number | null;
  /** 95 % interval; absent where none is defined, null where it is unbounded or unknown. */
  readonly low?: number | null;
  readonly high?: number | null;
  /** Of money: who says what a token costs, `evalconfig.yaml` or `price table 2026-11`; absent where nobody does. */
  readonly source?: string | undefined;
  /** With a judge's known error taken out; absent where no calibrated judge has a part in the metric. */
  readonly corrected?: CorrectedRate;
}

/** By name: pass_rate, pass^k, pass@k, score.<scorer>, latency_p95, … (docs/glossary.md). */
export type Metrics = { readonly [name: string]: MetricValue };

/** One trial as the store keeps it, joined with its answer. */
export interface StoredTrial {
  readonly case_id: string;
  readonly trial: number;
  readonly kind: "answered" | "errored";
  readonly error: ErrorKind | null;
  readonly message: string | null;
  readonly cached: boolean;
  readonly pass: boolean | null;
  readonly scores: readonly (StoredScore | null)[];
  /** Why optional scorers could not score, each at its place, null at the others; absent when all could. */
  readonly void_reasons?: readonly (string | null)[];
  /** Absent where one attempt was enough and waited less than a second. */
  readonly tries?: Tries | undefined;
  readonly answer: StoredAnswer | null;
}

export interface StoredScore {
  readonly score: number;
  readonly pass: boolean;
  readonly reason: string;
  /** Of a judge: share of its ensemble that gave this verdict, in (0, 1]. */
  readonly agreement?: number | undefined;
  /** Of a judge: the replies behind it. */
  readonly replies?: readonly number[] | undefined;
  /** Under `scope: turn`: each turn that was scored. */
  readonly turns?: readonly TurnScore[] | undefined;
  /** What the scorer knows of why the answer missed; absent when it knows nothing more. */
  readonly fault?: Fault | undefined;
}

export interface StoredAnswer {
  readonly output: string;
  readonly messages: Json;
  readonly tool_calls: Json;
  readonly usage: Usage;
  /** Both are in `usage` too. */
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly latency_ms: number | null;
  readonly cost_usd: number | null;
  readonly model: string | null;
  readonly finish_reason: string | null;
  readonly refusal: string | null;
  readonly raw: string | null;
  /** Alias of the model that answered in place of the one that was asked; absent when none did. */
  readonly fallback?: string | undefined;
  readonly trajectory?: Trajectory | undefined;
  readonly at: string;
}

export interface StoredCase {
  readonly case_no: number;
  readonly id: string;
  readonly content_hash: string;
  readonly request_hash: string;
  readonly key: string;
  readonly tags: readonly string[];
  readonly planned: number;
}

export type { SkipReason };
