import type { Score } from "../../domain/score.ts";
import type { TrialScoring } from "../store.ts";

/** What only some scores have: those of judges, and misses of which the scorer knows why. */
export type JudgedColumn = Pick<Score, "agreement" | "replies" | "turns" | "fault">;

/** What is at a scorer's place: its score; why it has none; null where it was not asked; 0 where the case is not scored by it. */
export type ScoreColumn =
  | [score: number, pass: 0 | 1, reason: string, judged?: JudgedColumn]
  | string
  | null
  | 0;

/** `[[score, 1|0, reason], "no verdict", null, …]` in the order of the suite's scorers. */
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

/** Columns pass, scores, error, message of a trial. */
export function scoringColumns(
  scoring: TrialScoring | null,
): [pass: number | null, scores: string | null, error: string | null, message: string | null] {
  if (scoring === null) return [null, null, null, null];
  if (scoring.kind === "failed") return [null, null, scoring.error, scoring.message];
  return [scoring.pass ? 1 : 0, scoresColumn(scoring), null, null];
}
