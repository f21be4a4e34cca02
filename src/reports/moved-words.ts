import type { CaseRow, Comparison } from "../domain/report.ts";
import type { Verdict } from "../domain/verdict.ts";
import { count, plural } from "./format-numbers.ts";

/** `broken`: cases pass fewer of their trials than before. `fixed`: they pass more. */
export type Way = "broken" | "fixed";

/** The words for a changed case. Only a change beyond chance is called `broke` or `fixed`. */
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
 * How certain it is that cases `fell` or `rose`. When the verdict has the same direction, their total is certain,
 * although no single case is.
 */
export function unsureWords(way: Way, verdict: Verdict): string {
  return verdict === (way === "broken" ? "regressed" : "improved")
    ? "no single case is certain, but all together are"
    : "perhaps by chance";
}

/** The ids of the cases that changed beyond chance, and of the others. */
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

/** `1 case broke, 3 fell (perhaps by chance)`; empty when none changed in this direction. */
export function movedSummary(comparison: Comparison, way: Way): string {
  const { sure, unsure } = movedIds(comparison, way);
  const { sure: sureWord, unsure: unsureWord } = WORDS[way];
  const first = sure.length === 0 ? [] : [`${plural(sure.length, "case")} ${sureWord}`];
  if (unsure.length === 0) return first.join("");
  const number = first.length === 0 ? plural(unsure.length, "case") : count(unsure.length);
  return [...first, `${number} ${unsureWord} (${unsureWords(way, comparison.verdict)})`].join(", ");
}
