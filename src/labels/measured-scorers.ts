import type { LoadedScorer } from "../domain/project.ts";

/** A scorer of a suite that rests on a model's opinion, and can be measured by labels. */
export interface MeasuredScorer {
  readonly name: string;
  /** Name of its judge's file; null for a scorer that has none. */
  readonly judge: string | null;
}

/** Those of a suite's scorers that rest on a model; none is opened to find out. */
export function measuredScorers(scorers: readonly Pick<LoadedScorer, "entry" | "asks">[]): MeasuredScorer[] {
  return scorers
    .filter(({ asks }) => asks !== undefined)
    .map(({ entry: { type, name, judge }, asks }) => ({
      name: name ?? type,
      judge: asks === "judge" && typeof judge === "string" ? judge.replace(/@.*$/, "") : null,
    }));
}
