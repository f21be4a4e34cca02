import { flippedKind } from "../domain/flip-metric.ts";
import { itemAt } from "../domain/item-at.ts";
import { openVariants } from "../metrics/flips.ts";
import { type Tally, unscoredAnswers } from "../metrics/tally.ts";

/** Number of trials per case that a metric needs; null when any number is enough. */
export function trialsNeeded(metric: string): number | null {
  if (metric === "flaky_rate") return 2;
  const k = /^pass[@^](\d+)$/.exec(metric)?.[1];
  return k === undefined ? null : Number(k);
}

/** Whether every case has this many answered trials. */
export function hasEach({ cases, answered }: Tally, trials: number): boolean {
  for (let caseNo = 0; caseNo < cases; caseNo++) if (itemAt(answered, caseNo) < trials) return false;
  return true;
}

/**
 * Returns the number of lacking trials by case number. A rule counts them once as failed and once as passed. A trial
 * is lacking if it is missing, or if a metric over several trials needs it and the case does not have it (not
 * planned, or left out by an early stop).
 */
export function lackingTrials(tally: Tally, missing: (caseNo: number) => number, needed: number | null) {
  return (caseNo: number): number =>
    Math.max(missing(caseNo), (needed ?? 0) - itemAt(tally.answered, caseNo));
}

/**
 * Number of answers that this metric's scorer could not score; their scores are as unknown as those of missing
 * trials.
 */
export function unscoredFor(metric: string, tally: Tally, scorers: readonly string[]): number {
  if (!metric.startsWith("score.")) return 0;
  return unscoredAnswers(tally, scorers.indexOf(metric.slice("score.".length))).count;
}

/** Number of variants for this metric without a result; it is unknown whether these variants flipped. */
export function openFor(metric: string, { flips }: Tally): number {
  const kind = flippedKind(metric);
  return kind === undefined ? 0 : openVariants(flips, kind);
}

/** The words `faith could not score 5 of 10 answers`. @param name of the scorer, such as `faith` */
export function unscoredWords(name: string, unscored: number, { totalAnswered }: Tally): string {
  return `${name} could not score ${unscored} of ${totalAnswered} ${totalAnswered === 1 ? "answer" : "answers"}`;
}
