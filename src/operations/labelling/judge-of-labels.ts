import { didYouMean } from "../../domain/did-you-mean.ts";
import type { Label } from "../../domain/label.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { RunHeader } from "../../domain/run.ts";
import { measuredNames, wordsForJudge, wordsForOf } from "../../labels/label-of.ts";
import type { MeasuredScorer } from "../../labels/measured-scorers.ts";

/** The run's scorers that labels can measure. */
export function measuredInRun({ scorers }: Pick<RunHeader, "scorers">): MeasuredScorer[] {
  return scorers
    .filter((one) => one.opinion === true || one.judge !== undefined)
    .map(({ name, judge }) => ({ name, judge: judge?.name ?? null }));
}

/**
 * The judge that new labels measure. The user must name it when the suite has several.
 *
 * @returns the judge for the labels; undefined when the labels need not name a judge
 * @throws {EvalsError} for a name that the suite does not have, or when several judges are possible
 */
export function judgeOfLabels(
  suite: string,
  given: string | undefined,
  scorers: readonly MeasuredScorer[],
): string | undefined {
  if (given !== undefined) {
    refuseUnknown(suite, given, scorers);
    return given;
  }
  const [judge, other] = measuredNames(scorers);
  if (judge === undefined || other === undefined) return undefined;
  throw new EvalsError({
    code: "EVALS_LABEL_JUDGE",
    what: `The suite "${suite}" has several judges: ${measuredNames(scorers).join(", ")}.`,
    why: "A label measures one judge, so it must name that judge.",
    fix: `evals label ${suite} --judge ${judge}`,
  });
}

/** Refuses the name of a judge that the suite does not have. @throws {EvalsError} EVALS_JUDGE_NOT_IN_SUITE */
export function refuseUnknown(suite: string, judge: string, scorers: readonly MeasuredScorer[]): void {
  const words = wordsForOf(scorers);
  if (words.includes(judge)) return;
  throw new EvalsError({
    code: "EVALS_JUDGE_NOT_IN_SUITE",
    what: `The suite "${suite}" has no judge "${judge}".${didYouMean(judge, words)}`,
    why: "Labels for a judge that does not exist would measure nothing.",
    fix:
      words.length === 0
        ? `Add a scorer of type judge to evals/${suite}.yaml.`
        : `One of: ${words.join(", ")}`,
  });
}

/**
 * The labels that measure the judge `of`, whether they name the judge or its scorer; in a suite with only one judge, also
 * the labels that name no judge.
 */
export function labelsBeside(
  labels: readonly Label[],
  of: string | undefined,
  scorers: readonly MeasuredScorer[],
): Label[] {
  const alone = measuredNames(scorers).length < 2;
  const words = of === undefined ? new Set<string>() : wordsForJudge(of, scorers);
  return labels.filter((label) =>
    label.of === undefined ? alone || of === undefined : words.has(label.of) || (alone && of === undefined),
  );
}

/**
 * The warnings of `evals check` about labels that do not say which judge they measure, or name a judge that is not in
 * the suite.
 */
export function labelOwnerWarnings(
  labels: readonly Label[],
  { suite, path, scorers }: { suite: string; path: string; scorers: readonly MeasuredScorer[] },
): Problem[] {
  const judges = measuredNames(scorers);
  const open = labels.filter((label) => label.of === undefined).length;
  const words = wordsForOf(scorers);
  const strange = [
    ...new Set(labels.flatMap(({ of }) => (of === undefined || words.includes(of) ? [] : [of]))),
  ];
  return [
    ...(open === 0 || judges.length < 2
      ? []
      : [
          {
            code: "EVALS_LABELS_UNASSIGNED",
            path,
            what: `${open === 1 ? "One label does" : `${open} labels do`} not name the judge that ${open === 1 ? "it measures" : "they measure"}, and the suite has several: ${judges.join(", ")}.`,
            why: "A label measures one judge, and a label that names no judge measures none.",
            fix: `evals label ${suite} --assign ${judges[0]}        (or the name of another judge)`,
          },
        ]),
    ...strange.map((of) => ({
      code: "EVALS_LABELS_OF_UNKNOWN",
      path,
      what: `There are labels for "${of}", but the suite has no judge or scorer of that name.${didYouMean(of, words)}`,
      why: "These labels measure nothing.",
      fix: "Leave the labels as they are if the judge was removed. If the judge was renamed, write its new name into the labels.",
    })),
  ];
}
