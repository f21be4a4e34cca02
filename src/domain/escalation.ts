/** One answer that came with a confidence, and whether it was right. */
export interface StatedAnswer {
  /** In [0, 1]. */
  readonly confidence: number;
  readonly correct: boolean;
  /** Groups it is counted in as well: a language, a customer, the tags of a case. */
  readonly strata: readonly string[];
  /** Of a classifier: the probability of each label, and the right one; absent where only the confidence is known. */
  readonly labels?: { readonly scores: Readonly<Record<string, number>>; readonly label: string };
}

interface Range {
  readonly low: number;
  readonly high: number;
}

/** A share of some answers with its exact 95 % interval; null of none. */
export type Share = ({ readonly value: number; readonly n: number } & Range) | null;

/** What answers below the threshold amount to. */
export interface Escalated {
  readonly n: number;
  readonly accuracy: number;
  /** Share that goes to a person; null without a threshold to hold them to. */
  readonly escalation_rate: number | null;
  /** Of the right answers, the share that a person looks at for nothing. */
  readonly false_alarms: Share;
  /** Of the wrong answers, the share that nobody looks at. */
  readonly missed: Share;
}

/** How far a confidence can be believed, and from which one on an answer needs no person. */
export interface Escalation {
  readonly n: number;
  readonly accuracy: number;
  /** Expected calibration error in ten bins; `bias` is what chance alone shows at this size. */
  readonly ece: Range & { readonly value: number; readonly bias: number };
  /** Above 1 for confidences that claim too much; null where none fits best, because all are right or all wrong. */
  readonly temperature: number | null;
  readonly threshold: {
    readonly target: number;
    /** The lowest confidence from which on the target is still reached; null where none reaches it. */
    readonly value: number | null;
    /** Of the answers from it on. */
    readonly accuracy: number | null;
    readonly low: number | null;
    readonly high: number | null;
    /** Share of answers below it. */
    readonly escalation_rate: number;
    /** Where that lies beside the 10 to 15 % that a team can read: above 30 % the confidence says too little. */
    readonly band: "below" | "within" | "above" | "miscalibrated";
  };
  /** Labels that cannot be ruled out; null where there are too few answers for that `alpha`. */
  readonly conformal: {
    readonly alpha: number;
    /** A label is in the set where 1 less its probability is at most this. */
    readonly qhat: number;
    readonly coverage: Range;
    /** Share of answers whose set does not hold exactly one label. */
    readonly escalation_rate: number;
  } | null;
  readonly strata: readonly (Escalated & { readonly stratum: string; readonly ece: number })[];
  readonly all: Escalated;
}

/** What was measured, and of what. */
export interface MeasuredEscalation extends Escalation {
  /** `routing.jsonl`, or `run 1a2b3c4d of triage`. */
  readonly source: string;
  /** What a reader should know of where the confidences come from; empty for a file. */
  readonly notes: readonly string[];
}
