import type { MetricValue } from "./run.ts";

/** One target of a matrix, with the results of its run. */
export interface MatrixTarget {
  /** A name that no other target of the matrix has: `triage@1.1.0 · small`, `triage@1.1.0`, `small`. */
  readonly name: string;
  readonly run: string;
  /** `name@version`; null for a target without a prompt file. */
  readonly prompt: string | null;
  /** Alias of the model. */
  readonly model: string;
  /** Whether this is the suite's own target, which the gate uses. */
  readonly gated: boolean;
  readonly pass_rate: MetricValue;
  /** US dollars of the run; null when unknown. */
  readonly cost_usd: number | null;
  /** Milliseconds; null when unknown. */
  readonly latency_p95: number | null;
}

/** A case with the results of all targets. */
export interface MatrixCase {
  readonly case: string;
  /**
   * For each target in order, one mark per trial: 1 passed, 0 failed, e errored, ? not scored, - not asked. Empty
   * when the target's run does not have the case.
   */
  readonly marks: readonly string[];
}

/** The difference between the pass rates of two targets over the cases that both answered. */
export interface MatrixDifference {
  /** Names of targets. */
  readonly a: string;
  readonly b: string;
  /** Pass rate of b minus pass rate of a, in [-1, 1]; `low` and `high` are its 95 % interval on these cases. */
  readonly delta: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided p-value, paired by case, with Holm's correction for all pairs of the matrix. */
  readonly p: number;
  /** Whether `p` is at most 0.05. */
  readonly sure: boolean;
  /** Number of cases that both targets answered. */
  readonly cases: number;
}

/** One suite with several targets. */
export interface Matrix {
  readonly suite: string;
  readonly targets: readonly MatrixTarget[];
  /** In the order of the dataset. */
  readonly cases: readonly MatrixCase[];
  /** One difference for every pair of targets that have at least one case which both answered. */
  readonly differences: readonly MatrixDifference[];
}
