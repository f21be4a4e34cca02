import { percent, plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";

/** The text that is printed before the review of candidates begins. */
export function candidatesBegin({
  path,
  dataset,
  person,
  open,
}: {
  readonly path: string;
  readonly dataset: string;
  readonly person: string;
  readonly open: number;
}): string {
  return `${path}: ${plural(open, "candidate")} for ${dataset}, reviewed by ${plainLine(person)}\nEach decision is written to the file as soon as it is made.\nCtrl-C ends the review; the same command continues it.\n`;
}

/** The result of a review of candidates. */
export interface CandidatesEnd {
  readonly path: string;
  readonly dataset: string;
  readonly accepted: readonly string[];
  readonly rejected: readonly string[];
  readonly open: number;
}

/** @param wrong share of wrong answers in the traffic, in [0, 1], with a 95 % interval; null when no answer was judged */
export function candidatesEnd(
  { path, dataset, accepted, rejected, open }: CandidatesEnd,
  wrong: {
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly cases: number;
  } | null,
): string {
  return [
    `${accepted.length} accepted, ${rejected.length} rejected, ${open} left\n`,
    wrong === null
      ? ""
      : `Of the traffic that the judged cases represent, ${percent(wrong.value)} was answered wrong (95 %: ${percent(wrong.low)} to ${percent(wrong.high)}; ${plural(wrong.cases, "case")} whose answer was judged)\n`,
    accepted.length > 0
      ? `${plural(accepted.length, "case")} added to ${dataset}: run evals check, then commit the file.\n`
      : "",
    open > 0 ? `To go on: evals label ${path}\n` : "",
  ].join("");
}
