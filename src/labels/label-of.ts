import type { Label } from "../domain/label.ts";
import { answerKey } from "./label-file.ts";
import type { MeasuredScorer } from "./measured-scorers.ts";

/** The names that a label without `of` could mean: the judges of a suite, and without any its other scorers that ask a model. */
export function measuredNames(scorers: readonly MeasuredScorer[]): string[] {
  const judges = scorers.flatMap((one) => one.judge ?? []);
  return [...new Set(judges.length > 0 ? judges : scorers.map((one) => one.name))];
}

/** Every word that `of` may say in a suite. */
export function wordsForOf(scorers: readonly MeasuredScorer[]): string[] {
  return [...new Set(scorers.flatMap(({ name, judge }) => (judge === null ? [name] : [judge, name])))];
}

/**
 * The labels that say how good one judge is: those of it, and those that name none where the suite has no other judge. Of two
 * labels of one rater for one answer the one that names the judge counts.
 *
 * @param name of the judge's file, or of a scorer without one
 * @param scorers of the suite; none where the suite is not known
 */
export function labelsOf(
  labels: readonly Label[],
  name: string,
  scorers: readonly MeasuredScorer[],
): Label[] {
  const words = new Set([name, ...scorers.flatMap((one) => (one.judge === name ? [one.name] : []))]);
  const measured = measuredNames(scorers);
  const alone = measured.every((one) => one === name);
  const own = labels.filter((label) => (label.of === undefined ? alone : words.has(label.of)));
  const named = new Set(own.flatMap((label) => (label.of === undefined ? [] : [identity(label)])));
  return own.filter((label) => label.of !== undefined || !named.has(identity(label)));
}

const identity = (label: Label): string => `${label.rater}\n${answerKey(label)}`;

/** Labels that name no judge, in a suite that has several: they measure none. */
export function unassignedLabels(labels: readonly Label[], scorers: readonly MeasuredScorer[]): Label[] {
  return measuredNames(scorers).length < 2 ? [] : labels.filter((label) => label.of === undefined);
}

/** The labels with the judge's name in those that had none. */
export function assignLabels(labels: readonly Label[], judge: string): Label[] {
  const there = new Set(labels.flatMap((label) => (label.of === judge ? [identity(label)] : [])));
  return labels.map((label) =>
    label.of !== undefined || there.has(identity(label)) ? label : { ...label, of: judge },
  );
}

/** The command by which a person labels answers for a judge. */
export function labelCommand(suite: string, judge: string, scorers: readonly MeasuredScorer[]): string {
  return `evals label ${suite}${measuredNames(scorers).length < 2 ? "" : ` --judge ${judge}`}`;
}
