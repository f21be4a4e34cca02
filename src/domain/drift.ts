/** A judge's new verdicts on stored answers, compared with its verdicts at the time of the baseline. */
export interface JudgedAgain {
  /** Number of stored answers judged again. */
  readonly answers: number;
  /** Number of stored answers that the judge could not judge again, or was not allowed to judge again. */
  readonly unjudged: number;
  /** Mean over cases of the change: (share of passes in the new verdicts − share of passes in the old verdicts). */
  readonly delta: number;
  /** Standard error of `delta`. */
  readonly error: number;
  /** `delta` divided by the standard deviation that `delta` has while the judge is unchanged. */
  readonly z: number;
}

/** Marks a run as part of a drift series: the runs that `evals drift` compares with one baseline. */
export interface DriftNight {
  /** Hash of the baseline that all runs of the series are compared with. */
  readonly series: string;
  /** Set when the run took its answers from a file that nobody had written since the run before. */
  readonly unchanged?: true | undefined;
  /** Absent when the suite has no judge, or no stored answers to judge again. */
  readonly judge?: JudgedAgain | undefined;
}

export type DriftVerdict = "drift" | "no_drift" | "not_enough_evidence";

/** One run of a drift series. */
export interface DriftEntry {
  /** Id of the run. */
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /**
   * Pass rate of the run minus that of the baseline, over the cases that both have, corrected for the judge's own
   * drift; null when too few trials were answered.
   */
  readonly delta: number | null;
  /** `delta` divided by the standard deviation that `delta` has without drift; null for a run that is no evidence. */
  readonly z: number | null;
  /** Value of the drift chart after this run; drift is found above the report's `threshold`. */
  readonly statistic: number;
  /**
   * Id of the run that has the same recorded answers, or `baseline`: then this run is no new evidence. Absent for other
   * runs.
   */
  readonly same_answers_as?: string | undefined;
}

/** Whether a judge has drifted. */
export interface JudgeDrift {
  readonly verdict: DriftVerdict;
  readonly statistic: number;
  readonly threshold: number;
  /**
   * Whether the judge is calibrated well enough for the gate. Only then does the judge's drift make the command exit
   * with 1.
   */
  readonly calibrated: boolean;
  /** The judge's change in the newest run; null when nothing was judged again. */
  readonly newest: JudgedAgain | null;
}

/** Whether a suite's target has drifted from its baseline. */
export interface DriftReport {
  readonly suite: string;
  readonly target: string;
  readonly verdict: DriftVerdict;
  readonly direction: "better" | "worse" | null;
  /** Id of the run at which the evidence started to accumulate; null when no drift is found. */
  readonly since: string | null;
  readonly statistic: number;
  readonly threshold: number;
  /** A second drift chart of the same values, with a proven false-alarm rate; it does not affect the verdict. */
  readonly shiryaev_roberts: { readonly value: number; readonly threshold: number };
  /**
   * Probability of a false alarm within `runs` runs, for a baseline of this size. Null until a run of the series has
   * answered enough cases to be compared with the baseline.
   */
  readonly false_alarm: { readonly runs: number; readonly probability: number | null };
  /**
   * `runs`: within how many runs a change of the size `change` (a share in [0, 1]) would be found; null when never.
   */
  readonly finds: { readonly change: number; readonly runs: number | null };
  /** Null for a suite without a judge. */
  readonly judge: JudgeDrift | null;
  /** Oldest first. */
  readonly series: readonly DriftEntry[];
  /** One sentence for each model of the suite that has a shutdown date. */
  readonly retirements: readonly string[];
  readonly notes: readonly string[];
}
