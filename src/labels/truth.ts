import type { Label } from "../domain/label.ts";
import { answerKey } from "./label-file.ts";

/**
 * Beginning of the name of a rater who settles conflicts. A label of this rater overrides all other labels of the
 * same answer.
 */
export const ADJUDICATED = "adjudicated:";

/** The labels of one answer. */
export interface LabelledAnswer {
  readonly key: string;
  readonly case: string;
  readonly answer_hash: string;
  readonly answer: string;
  /**
   * The majority verdict of the raters, or only of those who adjudicate if there are any; null when all are unsure or
   * the votes are tied.
   */
  readonly truth: "pass" | "fail" | null;
  readonly labels: readonly Label[];
  /** How many answers of the run this answer represents. */
  readonly weight: number;
  readonly picked: Label["picked"];
}

/** Groups labels by answer. The answers are sorted by case and answer hash. */
export function labelledAnswers(labels: readonly Label[]): LabelledAnswer[] {
  const groups = new Map<string, Label[]>();
  for (const label of labels) {
    const key = answerKey(label);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [label]);
    else group.push(label);
  }
  return [...groups]
    .map(([key, group]) => labelledAnswer(key, group))
    .sort((a, b) => (a.case === b.case ? compare(a.answer_hash, b.answer_hash) : compare(a.case, b.case)));
}

function labelledAnswer(key: string, labels: readonly Label[]): LabelledAnswer {
  const first = labels[0];
  if (first === undefined) throw new Error("an answer has no label");
  // One randomly picked label makes the answer part of a random sample, even if other raters labelled the answer,
  // too.
  const random = labels.filter((label) => label.picked === "random");
  const counting = random.length > 0 ? random : labels;
  return {
    key,
    case: first.case,
    answer_hash: first.answer_hash,
    answer: first.answer,
    truth: truthOf(labels),
    labels,
    // Of several draws, the one with the best chance for this answer counts. The order of lines has no influence.
    weight: Math.min(...counting.map((label) => label.weight)),
    picked: random.length > 0 ? "random" : "stratified",
  };
}

function truthOf(labels: readonly Label[]): LabelledAnswer["truth"] {
  const votes = votesOf(labels);
  const passes = votes.filter((label) => label.verdict === "pass").length;
  const fails = votes.filter((label) => label.verdict === "fail").length;
  if (passes === fails) return null;
  return passes > fails ? "pass" : "fail";
}

/** Whether a label adjudicates a conflict. */
export function isAdjudicated(label: Label): boolean {
  return label.rater.startsWith(ADJUDICATED);
}

/** The labels that decide an answer's truth: those that adjudicate if there are any, else all. */
function votesOf(labels: readonly Label[]): readonly Label[] {
  const adjudicated = labels.filter(isAdjudicated);
  return adjudicated.length > 0 ? adjudicated : labels;
}

/** Whether at least one of the deciding labels gives a verdict, but these verdicts have no majority. */
export function isTied({ truth, labels }: LabelledAnswer): boolean {
  return truth === null && votesOf(labels).some((label) => label.verdict !== "unsure");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
