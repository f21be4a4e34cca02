import type { CorrectedRate } from "./calibration.ts";
import type { DriftNight } from "./drift.ts";
import type { FailureClass, Fault } from "./failure.ts";
import type { Json } from "./json.ts";
import type { JudgeRef } from "./judge.ts";
import type { ErrorKind, SkipReason, Tries } from "./outcome.ts";
import type { PressureKind } from "./pressure.ts";
import type { TurnScore } from "./score.ts";
import type { Trajectory } from "./trajectory.ts";
import type { Usage } from "./transcript.ts";

/** How a run was limited to part of its suite; such a run compares only the selected cases and cannot be promoted. */
export interface Narrowing {
  /** Ids, or patterns of ids; empty for all. */
  readonly cases: readonly string[];
  readonly tags: readonly string[];
  /** `2/5`: the second of five shards. */
  readonly shard: string | null;
  /** Words that the input or the expected value must contain; absent when not requested. */
  readonly words?: string | undefined;
  /**
   * Under `--failing`, the id of an earlier run; `cases` then lists those cases of the earlier run that did not
   * always pass. Empty when there was no run yet. Absent without `--failing`.
   */
  readonly failing?: string | undefined;
}

/** A scorer in a run. */
export interface RunScorer {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly binary: boolean;
  /** Hash of the scorer's identity; 64 hexadecimal digits. Scorers with equal hashes score in the same way. */
  readonly hash: string;
  /**
   * Whether the score depends on a model's opinion: such a scorer is advisory and cannot fail the gate unless it is
   * calibrated.
   */
  readonly opinion?: boolean | undefined;
  /** The judge that gives the scorer's verdicts. The judge also determines which calibration applies. */
  readonly judge?: JudgeRef | undefined;
  /**
   * The trials about which the judge is asked. `passed`: only those that pass every required scorer which asks no
   * model. `unexplained`: only failed trials whose failure class no rule determines. Absent when the judge is always
   * asked.
   */
  readonly judge_when?: "passed" | "unexplained" | undefined;
  /**
   * Failure class of a trial that this judge fails and that no rule explains. Absent unless the judge was
   * calibrated when the run started.
   */
  readonly blames?: FailureClass | undefined;
}

/** Everything known about a run before its first trial. */
export interface RunHeader {
  /** Short, random, unique in the store; any unambiguous prefix identifies the run. */
  readonly id: string;
  readonly suite: string;
  /** Alias of the model in evalconfig.yaml. */
  readonly alias: string;
  /** Whether the suite lists several models, so that each has its own baseline file. */
  readonly one_of_several: boolean;
  /** Whether the suite lists several prompts, so that each has its own baseline file. */
  readonly one_of_prompts?: boolean | undefined;
  /** Set when the model is another than the suite's own: it was chosen for this run. */
  readonly other_model?: true | undefined;
  readonly provider: string;
  /** The target as a text for people: `prompt 1.2.0 · gpt-5.4-mini-2026-03-17`. */
  readonly target: string;
  readonly model: string;
  readonly prompt: { readonly name: string; readonly version: string } | null;
  /** Trials per case (k). */
  readonly trials: number;
  /** Trials of every case, if `--trials` set them for this run; absent when the suite and its cases set them. */
  readonly given_trials?: number | undefined;
  readonly cases: number;
  /** Number of available trials, summed over the cases: cases × k, unless recorded outputs have fewer. */
  readonly planned: number;
  /** The root fingerprint: a hash over the keys of all cases. 64 hexadecimal digits. */
  readonly fingerprint: string;
  /** Hash of the target's identity without the requests. */
  readonly target_hash: string;
  /** The run whose answers were rescored; null for an ordinary run. */
  readonly rescored_from: string | null;
  /**
   * For a run of canaries (docs/decisions/0001-canary.md): the run for which they were asked; absent for an ordinary
   * run.
   */
  readonly canary_of?: string | undefined;
  /** For a run of variants: the run from whose passing trials they are made; absent for an ordinary run. */
  readonly pressure_of?: string | undefined;
  /** Kinds of pressure that are applied to the run's passing trials; absent when there are none. */
  readonly pressure?: readonly PressureKind[] | undefined;
  /** Hash of the simulated user's model and prompt; absent when there is none. */
  readonly played_by?: string | undefined;
  /**
   * Hash of suite, target, fingerprint, trials and narrowing. A run can continue another run only when both have the
   * same hash.
   */
  readonly plan: string;
  readonly narrowing: Narrowing | null;
  /** Of a narrowed run: number of the suite's cases, of which `cases` were chosen. Absent in runs of older versions. */
  readonly suite_cases?: number | undefined;
  /** For a shard: fingerprint of the whole run. */
  readonly whole_fingerprint?: string | undefined;
  readonly scorers: readonly RunScorer[];
  /** The values behind the hashes; absent in runs of older versions. */
  readonly parts?: RunParts | undefined;
  /** Set for a run of a drift series: one of the runs that `evals drift` compares with one baseline. */
  readonly drift?: DriftNight | undefined;
  /** The source of the model's price; absent when there is none. */
  readonly price_source?: string | undefined;
  /**
   * Options with which the run was started, or resumed last, that a command which goes on with it repeats, each as it
   * is typed: `--budget 0.5`. Absent when there are none.
   */
  readonly repeated_options?: readonly string[] | undefined;
  /** Whether the run's requests are sent to the provider in batches. */
  readonly batch?: boolean | undefined;
  /** Whether the texts of the dataset and answers must stay in the store. */
  readonly restricted?: boolean | undefined;
  /** Hash of HEAD; null outside git or before the first commit. */
  readonly commit: string | null;
  /** The branch at HEAD; null when detached, absent in runs of older versions. */
  readonly branch?: string | null | undefined;
  /** Whether the work tree differed from HEAD; null outside git. */
  readonly dirty: boolean | null;
  /** ISO 8601, UTC. */
  readonly started_at: string;
}

/** The identities behind a fingerprint, so that two runs can be compared part by part. They contain no secrets. */
export interface RunParts {
  /** Path relative to the project root. */
  readonly dataset: string;
  /** The target's identity besides the request. */
  readonly target: Json;
  /** The identity of each scorer, in the header's order. */
  readonly scorers: readonly Json[];
}

export type RunStatus =
  /** A process is working on the run. */
  | "running"
  /** The run has not ended, and its process is gone. */
  | "interrupted"
  | EndedStatus;

/** Whether a run has not ended, so that trials may be missing without being skipped. */
export function isUnfinished(status: RunStatus): status is "running" | "interrupted" {
  return status === "running" || status === "interrupted";
}

/** How a run can end. */
export type EndedStatus =
  /** Every planned trial was answered. */
  | "complete"
  /** The gate was decided before all trials were asked. */
  | "stopped_early"
  /** Trials errored or were skipped. */
  | "incomplete";

/** Number of trials by outcome. trials = answered + errored + skipped + not_needed. */
export interface RunCounts {
  readonly cases: number;
  readonly trials: number;
  readonly answered: number;
  readonly errored: number;
  readonly skipped: number;
  readonly not_needed: number;
  /** Number of requests sent in all sessions of the run. Retries are included, requests to judges are not. */
  readonly calls: number;
  /** Number of requests sent to judges, not included in `calls`; absent for a suite without judges. */
  readonly judge_calls?: number | undefined;
  /** Variants of passing trials, not included in `trials`; absent for a suite without pressure. */
  readonly variants?: VariantCounts | undefined;
  /** Number of answered trials whose answer came from the cache. */
  readonly cached: number;
  /**
   * Number of calls that a lost worker had sent: it is unknown whether they were answered. Each counts with its
   * maximum cost. Absent for a run of one process.
   */
  readonly uncertain?: number | undefined;
  /**
   * Number of answered trials whose answer was truncated by the token limit; absent in reports of older
   * versions.
   */
  readonly cut?: number | undefined;
}

/** Number of variants of passing trials by outcome. variants = answered + errored + skipped. */
export interface VariantCounts {
  readonly variants: number;
  readonly answered: number;
  readonly errored: number;
  readonly skipped: number;
}

/** A number and its precision; null means unknown. */
export interface MetricValue {
  readonly value: number | null;
  /** 95 % interval; absent when not defined, null when unbounded or unknown. */
  readonly low?: number | null;
  readonly high?: number | null;
  /** For costs: the source of the price, `evalconfig.yaml` or `price table 2026-11`; absent when there is none. */
  readonly source?: string | undefined;
  /** The value corrected for a judge's known error; absent when no calibrated judge is involved. */
  readonly corrected?: CorrectedRate;
}

/** Metrics by name: pass_rate, pass^k, pass@k, score.<scorer>, latency_p95, … (docs/glossary.md). */
export type Metrics = { readonly [name: string]: MetricValue };

/** One stored trial with its answer. */
export interface StoredTrial {
  readonly case_id: string;
  readonly trial: number;
  readonly kind: "answered" | "errored";
  readonly error: ErrorKind | null;
  readonly message: string | null;
  readonly cached: boolean;
  readonly pass: boolean | null;
  /** By scorer index: null for a missing score, undefined when the scorer does not apply to the case. */
  readonly scores: readonly (StoredScore | null | undefined)[];
  /**
   * By scorer index, why an optional scorer could not score; null for other scorers. Absent when all scorers could
   * score.
   */
  readonly void_reasons?: readonly (string | null)[];
  /** Attempts and waiting time; absent for one attempt that waited less than a second. */
  readonly tries?: Tries | undefined;
  readonly answer: StoredAnswer | null;
}

export interface StoredScore {
  readonly score: number;
  readonly pass: boolean;
  readonly reason: string;
  /** For a judge: share of its ensemble that gave this verdict, in (0, 1]. */
  readonly agreement?: number | undefined;
  /** For a judge: ids in the store of the model replies that the verdict was made from. */
  readonly replies?: readonly number[] | undefined;
  /** With the setting `scope: turn`, the score of each scored turn. */
  readonly turns?: readonly TurnScore[] | undefined;
  /** The scorer's finding about the cause of a failed answer; absent when it has none. */
  readonly fault?: Fault | undefined;
}

export interface StoredAnswer {
  readonly output: string;
  readonly messages: Json;
  readonly tool_calls: Json;
  readonly usage: Usage;
  /** The same counts of tokens as in `usage`. */
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly latency_ms: number | null;
  readonly cost_usd: number | null;
  readonly model: string | null;
  readonly finish_reason: string | null;
  readonly refusal: string | null;
  readonly raw: string | null;
  /** Alias of the fallback model that answered; absent when no fallback model answered. */
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
