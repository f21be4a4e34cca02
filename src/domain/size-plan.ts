/** The drop to plan for, and assumptions about the suite. Shares and drops are in [0, 1]. */
export interface PowerAssumptions {
  /** Mean over cases of the share of passing trials. */
  readonly pass_rate: number;
  /** How strongly trials of one case agree: from 0 (no more than trials of different cases) to 1 (always). */
  readonly correlation: number;
  /** The drop to be detected. */
  readonly drop: number;
  /** Probability with which the drop must be detected. */
  readonly power: number;
  /** One-sided confidence level of the regression rule. */
  readonly confidence: number;
  readonly cases: number;
  /** Trials per case. */
  readonly trials: number;
  /** Trials per case in the baseline; null: as many as in the plan. */
  readonly baseline_trials: number | null;
}

export interface SuiteSize {
  readonly cases: number;
  readonly trials: number;
}

export interface PlannedSize extends SuiteSize {
  /**
   * Smallest drop that this size detects. Null when even the largest possible drop, to a pass rate of 0, is too small
   * to be detected.
   */
  readonly detectable_drop: number | null;
  readonly calls: number;
}

/**
 * Mean number of calls of a run with early stopping: when nothing has changed (`unchanged`), and when the pass rate
 * has fallen by the drop to be detected (`drop`).
 */
export interface ExpectedCalls {
  readonly unchanged: number;
  readonly drop: number;
}

export interface PowerPlan {
  readonly detectable_drop: number | null;
  /** Sorted by number of cases, then of trials; includes the suite's own size. */
  readonly table: readonly PlannedSize[];
  /** Sizes that detect the drop, sorted by number of trials. */
  readonly needed: readonly SuiteSize[];
  /** Cases needed with the suite's own trials and a baseline of 20 trials per case; null when that saves nothing. */
  readonly larger_baseline: (SuiteSize & { readonly baseline_trials: number }) | null;
}

/** The sizes (cases × trials) of a suite that detect a given drop, and the cost of a run. */
export interface SizePlan extends PowerPlan {
  readonly suite: string;
  readonly assumptions: PowerAssumptions;
  /** Sources of the assumptions, one sentence each. */
  readonly from: readonly string[];
  /** Number of complete runs in the history. */
  readonly runs: number;
  /** For a run of the suite's own size: all calls, and the expected calls with early stopping. */
  readonly calls: ExpectedCalls & { readonly all: number };
  /** US dollars per trial; null when unknown. */
  readonly cost_per_trial: number | null;
}
