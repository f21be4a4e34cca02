/** An answer with a stated confidence, and whether it was right. */
export interface StatedAnswer {
  /** In [0, 1]. */
  readonly confidence: number;
  readonly correct: boolean;
  /** Further groups in which the answer counts: a language, a customer, the tags of a case. */
  readonly strata: readonly string[];
  /** For a classifier: the probability of each label, and the right label; absent when only the confidence is known. */
  readonly labels?: { readonly scores: Readonly<Record<string, number>>; readonly label: string };
}

interface Range {
  readonly low: number;
  readonly high: number;
}

/** A share of some answers, with its exact 95 % confidence interval; null when there are no answers. */
export type Share = ({ readonly value: number; readonly n: number } & Range) | null;

/** The effect of escalating answers below the threshold. */
export interface Escalated {
  readonly n: number;
  readonly accuracy: number;
  /** Share of answers that go to a person; null when there is no threshold. */
  readonly escalation_rate: number | null;
  /** Share of the right answers that a person reviews unnecessarily. */
  readonly false_alarms: Share;
  /** Share of the wrong answers that nobody reviews. */
  readonly missed: Share;
}

/** How reliable a confidence is, and the threshold above which an answer needs no person. */
export interface Escalation {
  readonly n: number;
  readonly accuracy: number;
  /**
   * Expected calibration error in ten bins; `bias` is the part that chance alone causes with this number of answers.
   */
  readonly ece: Range & { readonly value: number; readonly bias: number };
  /**
   * The temperature (of temperature scaling) that calibrates the confidences best, above 1 for overconfident answers.
   * Null when no temperature fits best, because all answers are right or all wrong.
   */
  readonly temperature: number | null;
  readonly threshold: {
    readonly target: number;
    /** The lowest threshold that still reaches the target accuracy; null when no threshold does. */
    readonly value: number | null;
    /** Accuracy of the answers with a confidence at or above the threshold; `low` and `high` are its interval. */
    readonly accuracy: number | null;
    readonly low: number | null;
    readonly high: number | null;
    /** Share of answers with a confidence below the threshold. */
    readonly escalation_rate: number;
    /**
     * The escalation rate compared with the 10 to 15 % of answers that a team can review. `miscalibrated`: the rate
     * is above 30 %, so the confidence says too little about which answers are right.
     */
    readonly band: "below" | "within" | "above" | "miscalibrated";
  };
  /**
   * Conformal prediction: the sets of labels that cannot be ruled out; null when there are too few answers for
   * `alpha`.
   */
  readonly conformal: {
    readonly alpha: number;
    /** A label is in an answer's set when 1 minus the label's probability is at most `qhat`. */
    readonly qhat: number;
    readonly coverage: Range;
    /** Share of answers whose set does not contain exactly one label. */
    readonly escalation_rate: number;
  } | null;
  readonly strata: readonly (Escalated & { readonly stratum: string; readonly ece: number })[];
  readonly all: Escalated;
}

/** The measured escalation, with the source of the answers. */
export interface MeasuredEscalation extends Escalation {
  /** For instance `routing.jsonl`, or `run 1a2b3c4d of triage`. */
  readonly source: string;
  /** Remarks about the source of the confidences; empty for a file. */
  readonly notes: readonly string[];
}
