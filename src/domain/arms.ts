/** One answer of an arm. Whatever nobody says is null. */
export interface ArmAnswer {
  /** Answers of one session are no independent evidence; an answer without one is its own. */
  readonly session: string | null;
  /** What was asked: equal for two answers to the same input. */
  readonly input: string | null;
  /** Milliseconds since 1970, UTC. */
  readonly at: number | null;
  readonly tags: readonly string[];
  readonly output: string;
  readonly pass: boolean | null;
  readonly latency_ms: number | null;
  readonly cost_usd: number | null;
  readonly failed: boolean | null;
  readonly refused: boolean | null;
  /** On whatever scale it was given. */
  readonly feedback: number | null;
}

/** What is compared of two arms. */
export const ARM_METRICS = [
  "pass_rate",
  "preference",
  "error_rate",
  "refusal_rate",
  "latency_p50",
  "latency_p95",
  "latency_p99",
  "cost_per_trial",
  "output_length",
  "feedback",
] as const;
export type ArmMetricName = (typeof ARM_METRICS)[number];

/** One number of both arms; `delta` is b less a, with an always-valid 95 % interval. */
export interface ArmMetric {
  readonly metric: ArmMetricName;
  readonly a: number | null;
  readonly b: number | null;
  readonly delta: number | null;
  /** Null where that side is not bounded yet, or nothing is known. */
  readonly low: number | null;
  readonly high: number | null;
  /** Sessions of which it is known. */
  readonly sessions: { readonly a: number; readonly b: number };
}

export type ArmVerdict = "a_better" | "b_better" | "undecided";

/** The arms among the sessions with one tag. */
export interface ArmStratum {
  /** `tag:hard`. */
  readonly stratum: string;
  readonly metrics: readonly ArmMetric[];
  /** Always-valid, of the deciding metric; null where that is unknown. */
  readonly p: number | null;
  /** The same after Benjamini–Hochberg over all strata. */
  readonly p_adjusted: number | null;
  /** By the adjusted one, at 5 %. */
  readonly verdict: ArmVerdict;
}

export interface ArmSize {
  /** As it was typed. */
  readonly source: string;
  readonly sessions: number;
  readonly answers: number;
}

/** Two arms, held against each other. */
export interface ArmsComparison {
  readonly verdict: ArmVerdict;
  /** What the verdict rests on; null where neither is known. */
  readonly decided_by: "pass_rate" | "preference" | null;
  /** `shadow`: both answered the same inputs. `rollout`: each its own sessions. */
  readonly design: "shadow" | "rollout";
  readonly arms: { readonly a: ArmSize; readonly b: ArmSize };
  /** Pairs of sessions that stand against each other. */
  readonly pairs: number;
  readonly metrics: readonly ArmMetric[];
  readonly strata: readonly ArmStratum[];
  /** What a reader should know before believing it. */
  readonly notes: readonly string[];
}

/** How many sessions a comparison of arms takes. */
export interface ArmsPlan {
  /** Difference of the pass rates, in points of [0, 1]. */
  readonly effect: number;
  /** Pass rate of the arm of today. */
  readonly rate: number;
  readonly rate_stated: boolean;
  /** Chance that it is called by then. */
  readonly power: number;
  /** Of each arm, where one may look every day. */
  readonly sessions: number;
  /** Of each arm, where one may look once, on a day that is fixed before. */
  readonly single_look: number;
}
