/** What is planned for, and what is believed of the suite. Shares and drops are points of [0, 1]. */
export interface PowerAssumptions {
  /** Mean over cases of the share of trials that pass. */
  readonly pass_rate: number;
  /** How far trials of one case agree, in [0, 1]: 0 no more than trials of any two cases, 1 always. */
  readonly correlation: number;
  /** The drop that must not go unseen. */
  readonly drop: number;
  /** Chance to see it. */
  readonly power: number;
  /** Of the regression rule, one-sided. */
  readonly confidence: number;
  readonly cases: number;
  /** Of each case. */
  readonly trials: number;
  /** Of each case in the baseline; null: as many as the plan's own. */
  readonly baseline_trials: number | null;
}

export interface SuiteSize {
  readonly cases: number;
  readonly trials: number;
}

export interface PlannedSize extends SuiteSize {
  /** Null when it would be larger than the pass rate: nothing can fall so far. */
  readonly detectable_drop: number | null;
  readonly calls: number;
}

/** Mean calls of a run that may stop early. */
export interface ExpectedCalls {
  readonly unchanged: number;
  readonly drop: number;
}

export interface PowerPlan {
  readonly detectable_drop: number | null;
  /** By cases, then trials; the suite's own size among them. */
  readonly table: readonly PlannedSize[];
  /** Sizes that detect the drop, by trials. */
  readonly needed: readonly SuiteSize[];
  /** Cases that would do with the suite's own trials against a baseline of 20 a case; null when that saves nothing. */
  readonly larger_baseline: (SuiteSize & { readonly baseline_trials: number }) | null;
}

/** How many cases × trials of a suite detect a given drop, and what a run of them costs. */
export interface SizePlan extends PowerPlan {
  readonly suite: string;
  readonly assumptions: PowerAssumptions;
  /** Where the assumptions come from, a sentence each. */
  readonly from: readonly string[];
  /** Complete runs that the history counts. */
  readonly runs: number;
  /** Of a run of the suite's own size: asked whole, and where it may stop early. */
  readonly calls: ExpectedCalls & { readonly all: number };
  /** US dollars a trial; null when it is unknown. */
  readonly cost_per_trial: number | null;
}
