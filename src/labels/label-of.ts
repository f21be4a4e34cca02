import type { Label } from "../domain/label.ts";
import { answerKey } from "./label-file.ts";
import type { MeasuredScorer } from "./measured-scorers.ts";

/**
 * The names that a label without `of` could mean: the names of the suite's judges or, if the suite has no judge,
 * the names of its other model-based scorers.
 */
export function measuredNames(scorers: readonly MeasuredScorer[]): string[] {
  const judges = scorers.flatMap((one) => one.judge ?? []);
  return [...new Set(judges.length > 0 ? judges : scorers.map((one) => one.name))];
}

/** All values that the member `of` of a label can have in a suite. */
export function wordsForOf(scorers: readonly MeasuredScorer[]): string[] {
  return [...new Set(scorers.flatMap(({ name, judge }) => (judge === null ? [name] : [judge, name])))];
}

/** All words that mean the same judge as `of`: the judge's name, and its scorer's name if it has only one scorer. */
export function wordsForJudge(of: string, scorers: readonly MeasuredScorer[]): ReadonlySet<string> {
  const named = scorers.find(({ judge }) => judge === of) ?? scorers.find(({ name }) => name === of);
  const sharing = scorers.filter(({ judge }) => judge !== null && judge === named?.judge);
  const [only] = sharing;
  if (only === undefined || sharing.length > 1) return new Set([of]);
  return new Set([only.judge ?? of, only.name]);
}

/**
 * The labels that measure one judge: the labels that name the judge and, if the suite has no other judge, the
 * labels that name no judge. If a rater gave several of them for one answer, one counts: a label that names the judge,
 * the newest of those.
 *
 * @param name of the judge's file, or of a scorer without a judge file
 * @param scorers of the suite; empty when the suite is unknown
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
  const counting = new Map<string, Label>();
  for (const label of own) {
    const other = counting.get(identity(label));
    if (other === undefined || isStronger(label, other)) counting.set(identity(label), label);
  }
  return own.filter((label) => counting.get(identity(label)) === label);
}

/** Whether the first of two labels counts. The order of lines in the file has no influence. */
function isStronger(one: Label, other: Label): boolean {
  if (one.of === undefined || other.of === undefined) return one.of !== undefined;
  const [at, before] = [Date.parse(one.at), Date.parse(other.at)];
  return at === before ? one.of < other.of : at > before;
}

const identity = (label: Label): string => `${label.rater}\n${answerKey(label)}`;

/** Labels that name no judge, in a suite with several judges: they measure no judge. Empty for other suites. */
export function unassignedLabels(labels: readonly Label[], scorers: readonly MeasuredScorer[]): Label[] {
  return measuredNames(scorers).length < 2 ? [] : labels.filter((label) => label.of === undefined);
}

/**
 * Adds the judge's name to labels that name none. A label stays unchanged if its rater has another label for the
 * same answer that names the judge.
 */
export function assignLabels(labels: readonly Label[], judge: string): Label[] {
  const there = new Set(labels.flatMap((label) => (label.of === judge ? [identity(label)] : [])));
  return labels.map((label) =>
    label.of !== undefined || there.has(identity(label)) ? label : { ...label, of: judge },
  );
}

/** The command that labels answers for a judge. */
export function labelCommand(suite: string, judge: string, scorers: readonly MeasuredScorer[]): string {
  return `evals label ${suite}${measuredNames(scorers).length < 2 ? "" : ` --judge ${judge}`}`;
}
