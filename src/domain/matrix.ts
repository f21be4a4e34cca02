import type { MetricValue } from "./run.ts";

/** One target of a matrix: what one run of it amounts to. */
export interface MatrixTarget {
  /** What distinguishes it from the others: `triage@1.1.0 · small`, `triage@1.1.0`, `small`. */
  readonly name: string;
  readonly run: string;
  /** `name@version`; null for a target without a prompt of a file. */
  readonly prompt: string | null;
  /** Alias of the model. */
  readonly model: string;
  /** It is the suite's own target, which the gate decides on. */
  readonly gated: boolean;
  readonly pass_rate: MetricValue;
  /** US dollars of the run; null where unknown. */
  readonly cost_usd: number | null;
  /** Milliseconds; null where unknown. */
  readonly latency_p95: number | null;
}

/** A case over all targets. */
export interface MatrixCase {
  readonly case: string;
  /**
   * Of each target, in their order, a mark a trial: 1 passed, 0 failed, e errored, ? not scored, - not asked. Empty where
   * the target's run does not have the case.
   */
  readonly marks: readonly string[];
}

/** How the pass rates of two targets differ over the cases that both answered. */
export interface MatrixDifference {
  /** Names of targets. */
  readonly a: string;
  readonly b: string;
  /** b minus a, in points of [0, 1]; with the bounds of its 95 % interval on these cases. */
  readonly delta: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided, paired by case, corrected by Holm for all pairs of the matrix. */
  readonly p: number;
  /** `p` is at most 0.05. */
  readonly sure: boolean;
  /** Cases that both answered. */
  readonly cases: number;
}

/** One suite over several targets. */
export interface Matrix {
  readonly suite: string;
  readonly targets: readonly MatrixTarget[];
  /** In the order of the dataset. */
  readonly cases: readonly MatrixCase[];
  /** Of every pair of targets that have a case in common. */
  readonly differences: readonly MatrixDifference[];
}
