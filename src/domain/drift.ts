/** What a judge says today of stored answers, beside what it said of them when the baseline was made. */
export interface JudgedAgain {
  /** Stored answers that it judged again. */
  readonly answers: number;
  /** Those that it could not, or was not allowed to. */
  readonly unjudged: number;
  /** Mean over cases of (passes now − passes then). */
  readonly delta: number;
  /** Standard error of `delta`. */
  readonly error: number;
  /** Standard deviations from a judge that has not moved. */
  readonly z: number;
}

/** What makes a run one of a series that looks for drift. */
export interface DriftNight {
  /** Hash of the baseline that all of the series are held against. */
  readonly series: string;
  /** Absent where the suite has no judge, or no stored answer is there to be judged again. */
  readonly judge?: JudgedAgain | undefined;
}

export type DriftVerdict = "drift" | "no_drift" | "not_enough_evidence";

/** One run of a series. */
export interface DriftEntry {
  /** Id of the run. */
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Pass rate less the baseline's, over the cases of both, with the judge's own drift taken out; null where too little was answered. */
  readonly delta: number | null;
  /** Standard deviations of a run without a change. */
  readonly z: number | null;
  /** Evidence of the chart after it. */
  readonly statistic: number;
}

/** Whether a judge has moved. */
export interface JudgeDrift {
  readonly verdict: DriftVerdict;
  readonly statistic: number;
  readonly threshold: number;
  /** People's labels say that it can be believed: only then its drift ends the command with 1. */
  readonly calibrated: boolean;
  /** Of the newest run; null where nothing was judged again. */
  readonly newest: JudgedAgain | null;
}

/** Whether a suite's target has drifted from its baseline. */
export interface DriftReport {
  readonly suite: string;
  readonly target: string;
  readonly verdict: DriftVerdict;
  readonly direction: "better" | "worse" | null;
  /** Id of the run since which the evidence gathered; null where there is none. */
  readonly since: string | null;
  readonly statistic: number;
  readonly threshold: number;
  /** A second chart of the same values, whose rate of false alarms is proven; it decides nothing. */
  readonly shiryaev_roberts: { readonly value: number; readonly threshold: number };
  /** Chance of an alarm within so many runs without a change, with a baseline of this size; null before a run that counts. */
  readonly false_alarm: { readonly runs: number; readonly probability: number | null };
  /** A change of so many points of [0, 1] would be found within `runs`; null where never. */
  readonly finds: { readonly change: number; readonly runs: number | null };
  /** Null for a suite without a judge. */
  readonly judge: JudgeDrift | null;
  /** Oldest first. */
  readonly series: readonly DriftEntry[];
  /** Models of the suite that their provider shuts down, a sentence each. */
  readonly retirements: readonly string[];
  readonly notes: readonly string[];
}
