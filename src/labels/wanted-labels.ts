import type { Measures } from "../domain/calibration.ts";
import type { JudgeBar } from "../domain/judge-bar.ts";
import type { CalibrationResult, Pair } from "./calibrate.ts";
import { isTied, type LabelledAnswer } from "./truth.ts";

/** ±10 points at 0.9 need so many answers of a kind. */
const LEAST_OF_EACH = 35;
/** A tag with fewer labels says nothing of its own. */
const LEAST_IN_TAG = 10;
const MAX_LISTED = 20;

/** An answer that a person should look at, and why. */
export interface WantedAnswer {
  readonly case: string;
  readonly answer_hash: string;
  readonly why: "raters are divided" | "nobody is sure" | "thin cell" | "judge and people disagree";
}

/** How many more labels, and which ones. */
export interface WantedLabels {
  /** Labels until the gate could believe the judge; 0 when it can, null when no number of labels would do. */
  readonly more: number | null;
  /** Further answers that people pass, or fail, until sensitivity or specificity is known to ±10 points. */
  readonly passes: number;
  readonly fails: number;
  /** Tags with so few labels that they say nothing of their own. */
  readonly tags: readonly string[];
  /** Most useful first. */
  readonly answers: readonly WantedAnswer[];
  /** Disagreements of the cases that are for improving the judge; those of the hold-out stay unread. */
  readonly disagreements: readonly WantedAnswer[];
}

/**
 * @param counted the figures by which the gate goes
 * @param unlabelled answers that the judge has judged and no person has, for instance those of the newest run
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
  // What the judge says is the best guess at what people will say.
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

/** Labels until AC1's lower bound is over the bar, if the judge goes on as it did. */
function moreLabels({ n, ac1 }: Measures, bar: JudgeBar): number | null {
  const missing = Math.max(0, bar.min_labels - n);
  if (ac1.value === null || ac1.low === null) return missing;
  if (ac1.low >= bar.min_ac1) return missing;
  const margin = ac1.value - bar.min_ac1;
  if (margin <= 0) return n < bar.min_labels ? missing : null;
  // The half-width shrinks with the root of the number of labels.
  const needed = Math.ceil(n * ((ac1.value - ac1.low) / margin) ** 2);
  return Math.max(missing, needed - n);
}
