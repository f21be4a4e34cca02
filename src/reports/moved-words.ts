import type { CaseRow, Comparison } from "../domain/report.ts";
import type { Verdict } from "../domain/verdict.ts";
import { count, plural } from "./format-numbers.ts";

/**
 * `broken`: cases pass fewer of their trials than in the baseline. `fixed`: cases pass more of their trials than in
 * the baseline.
 */
export type Way = "broken" | "fixed";

/** The words for a changed case. Only a change that chance does not explain is called `broke` or `fixed`. */
const WORDS = {
  broken: { sure: "broke", unsure: "fell" },
  fixed: { sure: "fixed", unsure: "rose" },
} as const;

export function movedWord(way: Way, significant: boolean): string {
  return WORDS[way][significant ? "sure" : "unsure"];
}

/** Words such as `, fell` that follow the counts of a changed case; empty for a case that did not change. */
export function movedAddition({ change, significant }: CaseRow): string {
  return change === "broken" || change === "fixed" ? `, ${movedWord(change, significant)}` : "";
}

/**
 * How certain it is that cases `fell` or `rose`. If the verdict has the same direction, the change of all these
 * cases together is certain, although the change of each single case is not.
 */
export function unsureWords(way: Way, verdict: Verdict): string {
  return verdict === (way === "broken" ? "regressed" : "improved")
    ? "each alone may be chance, all together are not"
    : "perhaps by chance";
}

/**
 * The ids of the cases that changed in the direction `way`. `sure` has the changes that chance does not explain,
 * `unsure` the others.
 */
export function movedIds(
  { cases, moved }: Comparison,
  way: Way,
): { readonly sure: readonly string[]; readonly unsure: readonly string[] } {
  const significant = new Set(moved.filter((one) => one.significant).map(({ id }) => id));
  return {
    sure: cases[way].filter((id) => significant.has(id)),
    unsure: cases[way].filter((id) => !significant.has(id)),
  };
}

/**
 * A summary such as `1 case broke, 3 fell (perhaps by chance)`; empty when no case changed in the direction `way`.
 */
export function movedSummary(comparison: Comparison, way: Way): string {
  const { sure, unsure } = movedIds(comparison, way);
  const { sure: sureWord, unsure: unsureWord } = WORDS[way];
  const first = sure.length === 0 ? [] : [`${plural(sure.length, "case")} ${sureWord}`];
  if (unsure.length === 0) return first.join("");
  const number = first.length === 0 ? plural(unsure.length, "case") : count(unsure.length);
  return [...first, `${number} ${unsureWord} (${unsureWords(way, comparison.verdict)})`].join(", ");
}
