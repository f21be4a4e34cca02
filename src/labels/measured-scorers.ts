import type { LoadedScorer } from "../domain/project.ts";

/** A model-based scorer of a suite, which labels can measure. */
export interface MeasuredScorer {
  readonly name: string;
  /** Name of the scorer's judge file; null when it has none. */
  readonly judge: string | null;
}

/** The model-based scorers of a suite, read from its configuration; no scorer is opened. */
export function measuredScorers(scorers: readonly Pick<LoadedScorer, "entry" | "asks">[]): MeasuredScorer[] {
  return scorers
    .filter(({ asks }) => asks !== undefined)
    .map(({ entry: { type, name, judge }, asks }) => ({
      name: name ?? type,
      judge: asks === "judge" && typeof judge === "string" ? judge.replace(/@.*$/, "") : null,
    }));
}
