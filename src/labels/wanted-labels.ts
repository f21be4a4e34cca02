import type { Measures } from "../domain/calibration.ts";
import type { JudgeBar } from "../domain/judge-bar.ts";
import type { CalibrationResult, Pair } from "./calibrate.ts";
import { isTied, type LabelledAnswer } from "./truth.ts";

/** Number of passing (failing) answers that give a sensitivity (specificity) of 0.9 an interval of ±10 points. */
const LEAST_OF_EACH = 35;
/** Minimum number of labels for a result by tag. */
const LEAST_IN_TAG = 10;
const MAX_LISTED = 20;

/** An answer that a person should check, and why. */
export interface WantedAnswer {
  readonly case: string;
  readonly answer_hash: string;
  /**
   * "thin cell": people passed too few of the labelled answers, or failed too few, and by the judge's verdict this
   * answer is likely to be one more of these.
   */
  readonly why: "raters are divided" | "nobody is sure" | "thin cell" | "judge and people disagree";
}

/** How many more labels are needed, and which. */
export interface WantedLabels {
  /**
   * Number of further labels needed until the gate can trust the judge; 0 when the labels are enough already, null when
   * no number is enough.
   */
  readonly more: number | null;
  /** Numbers of further passing and failing answers needed to know sensitivity and specificity to ±10 points. */
  readonly passes: number;
  readonly fails: number;
  /** Tags with too few labels for a result of their own. */
  readonly tags: readonly string[];
  /** Answers to label, the most useful first. */
  readonly answers: readonly WantedAnswer[];
  /** Answers of `dev` cases on which judge and people disagree. Held-out cases are left out, to stay unseen. */
  readonly disagreements: readonly WantedAnswer[];
}

/**
 * The labels that would make a judge's calibration useful.
 *
 * @param counted the measures that the gate uses
 * @param unlabelled answers with a judge's verdict and no label, for instance those of the newest run
 */
export function wantedLabels(
  result: Pick<CalibrationResult, "answers" | "pairs" | "tags">,
  counted: Measures,
  bar: JudgeBar,
  unlabelled: readonly { case: string; answer_hash: string; verdict: "pass" | "fail" }[],
): WantedLabels {
  const { tp, fp, fn, tn } = counted.confusion;
  const passes = Math.max(0, LEAST_OF_EACH - tp - fn);
  const fails = Math.max(0, LEAST_OF_EACH - tn - fp);
  // What people will say of an unlabelled answer is best predicted by the judge's verdict.
  const scarce = fails >= passes ? "fail" : "pass";
  const thin = fails + passes === 0 ? [] : unlabelled.filter((one) => one.verdict === scarce);
  return {
    more: moreLabels(counted, bar),
    passes,
    fails,
    tags: (result.tags ?? []).filter((tag) => tag.n < LEAST_IN_TAG).map((tag) => tag.tag),
    answers: [
      ...result.answers.filter(isTied).map((one) => wanted(one, "raters are divided")),
      ...result.answers
        .filter((one) => one.truth === null && !isTied(one))
        .map((one) => wanted(one, "nobody is sure")),
      ...thin.map((one) => wanted(one, "thin cell")),
    ].slice(0, MAX_LISTED),
    disagreements: disagreementsOf(result.pairs).slice(0, MAX_LISTED),
  };
}

function disagreementsOf(pairs: readonly Pair[]): WantedAnswer[] {
  return pairs
    .filter((pair) => pair.part === "dev" && pair.truth !== pair.verdict)
    .map(({ labelled }) => wanted(labelled, "judge and people disagree"));
}

function wanted(
  { case: id, answer_hash }: Pick<LabelledAnswer, "case" | "answer_hash">,
  why: WantedAnswer["why"],
): WantedAnswer {
  return { case: id, answer_hash, why };
}

/**
 * Number of further labels needed until the lower bound of AC1 (Gwet's agreement coefficient) reaches
 * `gate.judge.min_ac1`, if the agreement stays the same.
 */
function moreLabels({ n, ac1 }: Measures, bar: JudgeBar): number | null {
  const missing = Math.max(0, bar.min_labels - n);
  if (ac1.value === null || ac1.low === null) return missing;
  if (ac1.low >= bar.min_ac1) return missing;
  const margin = ac1.value - bar.min_ac1;
  if (margin <= 0) return n < bar.min_labels ? missing : null;
  // The half-width of the interval is proportional to 1 / √n for n labels.
  const needed = Math.ceil(n * ((ac1.value - ac1.low) / margin) ** 2);
  return Math.max(missing, needed - n);
}
