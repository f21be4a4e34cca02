import type { Score } from "../../domain/score.ts";
import type { TrialScoring } from "../store.ts";

/** Members that only some scores have: the scores of judges, and failed scores whose fault is known. */
export type JudgedColumn = Pick<Score, "agreement" | "replies" | "turns" | "fault">;

/**
 * The entry of one scorer for one trial. It is a list with the score; or a text, which is the reason why there is
 * no score; or null when the scorer was not asked; or 0 when the scorer does not apply to the case.
 */
export type ScoreColumn =
  | [score: number, pass: 0 | 1, reason: string, judged?: JudgedColumn]
  | string
  | null
  | 0;

/** The column `scores`: `[[score, 1|0, reason], "no verdict", null, …]` in the order of the suite's scorers. */
export function scoresColumn({ scores, voids }: Extract<TrialScoring, { kind: "scored" }>): string {
  return JSON.stringify(
    scores.map((one, at): ScoreColumn => {
      if (one === undefined) return 0;
      if (one === null) return voids?.[at] ?? null;
      const { score, pass, reason, agreement, replies, turns } = one;
      const fault = pass ? undefined : one.fault;
      const entry: [number, 0 | 1, string] = [score, pass ? 1 : 0, reason];
      const more = [agreement, replies, turns, fault].some((part) => part !== undefined);
      return more ? [...entry, { agreement, replies, turns, fault }] : entry;
    }),
  );
}

/** The columns pass, scores, error and message of a trial. */
export function scoringColumns(
  scoring: TrialScoring | null,
): [pass: number | null, scores: string | null, error: string | null, message: string | null] {
  if (scoring === null) return [null, null, null, null];
  if (scoring.kind === "failed") return [null, null, scoring.error, scoring.message];
  return [scoring.pass ? 1 : 0, scoresColumn(scoring), null, null];
}
