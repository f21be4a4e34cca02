import type { Judgement, SessionState } from "../labelling-shapes.ts";

export const VERDICTS = ["pass", "fail", "unsure"] as const;
export type Verdict = Judgement["verdict"];
type Purpose = SessionState["purpose"];

/** Where exchanges are to become cases, the same keys have other names. */
const CANDIDATE_WORDS: Readonly<Record<Verdict, string>> = {
  pass: "accept",
  fail: "reject",
  unsure: "leave",
};

export function verdictWord(purpose: Purpose, verdict: Verdict): string {
  return purpose === "candidates" ? CANDIDATE_WORDS[verdict] : verdict;
}

/** What the text field is for. */
export const commentWord = (purpose: Purpose): string => (purpose === "candidates" ? "Expected" : "Comment");

/** Who judges, or what is decided. */
export function purposeLine({ purpose, rater }: SessionState): string {
  if (purpose === "adjudicate") return "settling where raters disagree";
  return purpose === "candidates" ? "which of them become cases" : `judged by ${rater}`;
}

/** What was judged, once nothing is left. */
export function countsLine({ purpose, counts, skipped, total }: SessionState, ends: boolean): string {
  const parts = VERDICTS.map((verdict) => `${counts[verdict]} ${verdictWord(purpose, verdict)}`);
  const after =
    ends && skipped === 0 && total > 0 ? "; the program ends in half a minute, or when you finish." : ".";
  return `${parts.join(", ")}, ${skipped} skipped. Every label is saved${after}`;
}
