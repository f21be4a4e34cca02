import type { Score } from "../../domain/score.ts";
import type { TrialScoring } from "../store.ts";

/** `[[score, 1|0, reason], null, …]` in the order of the suite's scorers. */
export function scoresColumn(scores: readonly (Score | null)[]): string {
  return JSON.stringify(
    scores.map((one) => (one === null ? null : [one.score, one.pass ? 1 : 0, one.reason])),
  );
}

/** Columns pass, scores, error, message of a trial. */
export function scoringColumns(
  scoring: TrialScoring | null,
): [pass: number | null, scores: string | null, error: string | null, message: string | null] {
  if (scoring === null) return [null, null, null, null];
  if (scoring.kind === "failed") return [null, null, scoring.error, scoring.message];
  return [scoring.pass ? 1 : 0, scoresColumn(scoring.scores), null, null];
}
