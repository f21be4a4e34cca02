import type { Estimate, Measures, Tendency } from "../domain/calibration.ts";
import { UNKNOWN_ESTIMATE } from "../domain/calibration.ts";
import type { Label } from "../domain/label.ts";
import { krippendorffAlpha } from "../statistics/krippendorff-alpha.ts";
import { krippendorffInterval } from "../statistics/krippendorff-interval.ts";
import { type Consistency, consistencyOf, lengthBias, type PositionBias, positionBiasOf } from "./biases.ts";
import { type Part, partOf } from "./holdout.ts";
import { answerKey } from "./label-file.ts";
import { type JudgedLabel, measure } from "./measures.ts";
import { type TagAgreement, tagAgreements } from "./tag-agreement.ts";
import { isAdjudicated, isTied, type LabelledAnswer, labelledAnswers } from "./truth.ts";
import type { JudgeVerdict } from "./verdict-file.ts";

/** A labelled answer with the judge's verdict. */
export interface Pair extends JudgedLabel {
  readonly labelled: LabelledAnswer;
  readonly answer: string;
  readonly part: Part;
}

/** How much people agree with each other. */
export interface RaterAgreement {
  /** Number of answers on which two or more raters gave a verdict. */
  readonly answers: number;
  /** Krippendorff's alpha, nominal; "unsure" counts as not rated. */
  readonly alpha: Estimate;
  /** Number of labels by rater. */
  readonly labels: Readonly<Record<string, number>>;
  /** Number of answers on which raters, or those who adjudicate, are evenly divided. */
  readonly tied: number;
}

/** The results of comparing people's labels with a judge's verdicts. */
export interface CalibrationResult {
  readonly labels: {
    /** Number of labelled answers; the other three numbers add up to it. */
    readonly n: number;
    readonly pass: number;
    readonly fail: number;
    /** Answers about which the raters are unsure or evenly divided. */
    readonly unsure: number;
  };
  /** Number of answers with a verdict of people but no verdict of the judge. */
  readonly unjudged: number;
  readonly pairs: readonly Pair[];
  readonly answers: readonly LabelledAnswer[];
  /** Measures of all answers, each counted once. The other measures weight answers by how they were picked. */
  readonly plain: Measures;
  readonly all: Measures;
  readonly dev: Measures;
  readonly test: Measures;
  readonly raters: RaterAgreement;
  readonly consistency: Consistency;
  readonly lengthBias: Tendency;
  readonly positionBias: PositionBias | null;
  /** Agreement by tag; null when the cases' tags are unknown. */
  readonly tags: readonly TagAgreement[] | null;
}

/**
 * Compares people's labels with a judge's verdicts. The same input always gives the same numbers.
 *
 * @param tagsOf tags of a case; null without a dataset
 */
export function calibrate(
  labels: readonly Label[],
  verdicts: readonly JudgeVerdict[],
  tagsOf: ((caseId: string) => readonly string[]) | null,
): CalibrationResult {
  const answers = labelledAnswers(labels);
  const byAnswer = verdictsByAnswer(verdicts);
  const known = new Set(answers.map((one) => one.key));
  const pairs = equallyDrawn(answers.flatMap((one) => pairOf(one, byAnswer.get(one.key))));
  const decided = answers.filter((one) => one.truth !== null);
  const pass = decided.filter((one) => one.truth === "pass").length;
  const ofLabelled = [...byAnswer].filter(([key]) => known.has(key)).map(([, group]) => group);
  const inPart = (part: Part): Measures =>
    measure(
      pairs.filter((one) => one.part === part),
      true,
    );
  return {
    labels: {
      n: answers.length,
      pass,
      fail: decided.length - pass,
      unsure: answers.length - decided.length,
    },
    unjudged: decided.length - pairs.length,
    pairs,
    answers,
    plain: measure(pairs, false),
    all: measure(pairs, true),
    dev: inPart("dev"),
    test: inPart("test"),
    raters: raterAgreement(answers),
    consistency: consistencyOf(ofLabelled),
    lengthBias: lengthBias(pairs),
    positionBias: positionBiasOf(ofLabelled.flatMap((group) => group.slice(0, 1))),
    tags: tagsOf === null ? null : tagAgreements(pairs, tagsOf),
  };
}

/**
 * Answers that were all picked at random, each with the weight 1. Their labels may say other weights, because a later
 * session that picked more answers of the run gave each of them a smaller one.
 */
function equallyDrawn(pairs: readonly Pair[]): readonly Pair[] {
  const isRandom = pairs.every(({ labelled }) => labelled.picked === "random");
  return isRandom ? pairs.map((pair) => ({ ...pair, weight: 1 })) : pairs;
}

/** The verdicts on each answer by its `answerKey`, in the order of their repeat numbers. */
export function verdictsByAnswer(verdicts: readonly JudgeVerdict[]): Map<string, JudgeVerdict[]> {
  const groups = new Map<string, JudgeVerdict[]>();
  for (const verdict of verdicts) {
    const key = answerKey(verdict);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [verdict]);
    else group.push(verdict);
  }
  for (const group of groups.values()) group.sort((a, b) => a.repeat - b.repeat);
  return groups;
}

function pairOf(labelled: LabelledAnswer, verdicts: readonly JudgeVerdict[] | undefined): Pair[] {
  const verdict = verdicts?.[0]?.verdict;
  const { truth, answer, weight } = labelled;
  if (verdict === undefined || truth === null) return [];
  return [{ truth, verdict, weight, answer, labelled, part: partOf(labelled.case) }];
}

function raterAgreement(answers: readonly LabelledAnswer[]): RaterAgreement {
  const counts = new Map<string, number>();
  const units: { first: number; second: number }[] = [];
  for (const { labels } of answers) {
    for (const { rater } of labels) counts.set(rater, (counts.get(rater) ?? 0) + 1);
    const opinions = labels.filter((label) => !isAdjudicated(label));
    const first = opinions.filter((label) => label.verdict === "pass").length;
    const second = opinions.filter((label) => label.verdict === "fail").length;
    if (first + second >= 2) units.push({ first, second });
  }
  const alpha = krippendorffAlpha(
    units.map(({ first, second }) => [...Array(first).fill(1), ...Array(second).fill(0)]),
  );
  const interval = alpha === null ? null : krippendorffInterval(units, "raters");
  return {
    answers: units.length,
    alpha:
      alpha === null
        ? UNKNOWN_ESTIMATE
        : { value: alpha, low: interval?.low ?? null, high: interval?.high ?? null },
    labels: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    tied: answers.filter(isTied).length,
  };
}
