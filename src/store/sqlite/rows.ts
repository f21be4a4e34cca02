import type { Score } from "../../domain/score.ts";
import type { TrialScoring } from "../store.ts";

/** What only the score of a judge has. */
export type JudgedColumn = Pick<Score, "agreement" | "replies">;

/** `[[score, 1|0, reason], null, …]` in the order of the suite's scorers; a judge's has its replies as a fourth. */
export function scoresColumn(scores: readonly (Score | null)[]): string {
  return JSON.stringify(
    scores.map((one) => {
      if (one === null) return null;
      const { score, pass, reason, agreement, replies } = one;
      const told = [score, pass ? 1 : 0, reason];
      return agreement === undefined && replies === undefined ? told : [...told, { agreement, replies }];
    }),
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
