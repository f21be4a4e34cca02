import type { Judgement, SessionState } from "../labelling-shapes.ts";

export const VERDICTS = ["pass", "fail", "unsure"] as const;
export type Verdict = Judgement["verdict"];
type Purpose = SessionState["purpose"];

/** Names of the verdicts when exchanges are reviewed as candidate cases. */
const CANDIDATE_WORDS: Readonly<Record<Verdict, string>> = {
  pass: "accept",
  fail: "reject",
  unsure: "leave",
};

export function verdictWord(purpose: Purpose, verdict: Verdict): string {
  return purpose === "candidates" ? CANDIDATE_WORDS[verdict] : verdict;
}

/** The label of the text field. */
export const commentWord = (purpose: Purpose): string => (purpose === "candidates" ? "Expected" : "Comment");

/** One line about the session: who judges, or that disagreements are settled, or that cases are chosen. */
export function purposeLine({ purpose, rater }: SessionState): string {
  if (purpose === "adjudicate") return "settling where raters disagree";
  return purpose === "candidates" ? "choosing which exchanges become cases" : `judged by ${rater}`;
}

/** The line at the end of a session: the number of answers by verdict, and that all labels are saved. */
export function countsLine({ purpose, counts, skipped, total }: SessionState, ends: boolean): string {
  const parts = VERDICTS.map((verdict) => `${counts[verdict]} ${verdictWord(purpose, verdict)}`);
  const after =
    ends && skipped === 0 && total > 0 ? "; the program ends in half a minute, or when you finish." : ".";
  return `${parts.join(", ")}, ${skipped} skipped. Every label is saved${after}`;
}
