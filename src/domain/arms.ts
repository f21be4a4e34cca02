/** One answer of an arm. Unknown values are null. */
export interface ArmAnswer {
  /** Answers of one session are not independent evidence. An answer whose session is null is a session by itself. */
  readonly session: string | null;
  /** Identifies the input: equal for two answers to the same input. */
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
  /** Feedback of the user, on any scale. */
  readonly feedback: number | null;
}

/** The metrics compared between two arms. */
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

/** One metric of both arms; `delta` is b minus a, with an always-valid 95 % interval. */
export interface ArmMetric {
  readonly metric: ArmMetricName;
  readonly a: number | null;
  readonly b: number | null;
  readonly delta: number | null;
  /** `low` and `high` are the interval's bounds; null when there is no bound yet, or when `delta` is unknown. */
  readonly low: number | null;
  readonly high: number | null;
  /** Number of sessions with a known value. */
  readonly sessions: { readonly a: number; readonly b: number };
}

export type ArmVerdict = "a_better" | "b_better" | "undecided";

/** The comparison of the arms over only those sessions that have a certain tag. */
export interface ArmStratum {
  /** For instance `tag:hard`. */
  readonly stratum: string;
  readonly metrics: readonly ArmMetric[];
  /** Always-valid p-value of the metric that decides the verdict; null when unknown. */
  readonly p: number | null;
  /** `p` after the Benjamini–Hochberg correction over all strata. */
  readonly p_adjusted: number | null;
  /** Decided by `p_adjusted`, at a significance level of 5 %. */
  readonly verdict: ArmVerdict;
}

export interface ArmSize {
  /** The source of the answers, as the user typed it. */
  readonly source: string;
  readonly sessions: number;
  readonly answers: number;
}

/** The comparison of two arms. */
export interface ArmsComparison {
  readonly verdict: ArmVerdict;
  /** The metric that decides the verdict; null when neither of the two metrics is known. */
  readonly decided_by: "pass_rate" | "preference" | null;
  /** `shadow`: both answered the same inputs. `rollout`: each had its own sessions. */
  readonly design: "shadow" | "rollout";
  readonly arms: { readonly a: ArmSize; readonly b: ArmSize };
  /** Number of compared pairs of sessions. */
  readonly pairs: number;
  readonly metrics: readonly ArmMetric[];
  readonly strata: readonly ArmStratum[];
  /** Warnings about the reliability of the comparison. */
  readonly notes: readonly string[];
}

/** The number of sessions needed to compare arms. */
export interface ArmsPlan {
  /** Difference between the pass rates of the arms that should be detected, as a share in [0, 1]. */
  readonly effect: number;
  /** Pass rate of arm a, the version that is in use today. */
  readonly rate: number;
  /** Whether the user stated `rate`; false when `rate` is the default, 0.5. */
  readonly rate_stated: boolean;
  /** Probability that the planned number of sessions is enough to detect the difference. */
  readonly power: number;
  /** Number of sessions needed per arm if the results may be checked repeatedly, at any time. */
  readonly sessions: number;
  /** Number of sessions needed per arm if the results are checked only once, at a time that is fixed in advance. */
  readonly single_look: number;
}
