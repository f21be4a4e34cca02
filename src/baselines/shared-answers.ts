import type { Comparison } from "../domain/report.ts";

/** How many of one side's answers are the very answers of the other: from the cache, or of a run that was scored again. */
export interface SharedAnswers {
  readonly shared: number;
  /** Answers of the candidate. */
  readonly of: number;
}

/**
 * An answer that stands on both sides is no evidence that nothing changed. Where all of them do, nothing was compared; where
 * some do, a person is told.
 */
export function withShared(comparison: Comparison, { shared, of }: SharedAnswers): Comparison {
  if (shared === 0) return comparison;
  if (shared < of) {
    const said = `${comparison.said}; ${shared} of ${of} answers are the same on both sides, and say nothing of a change`;
    return { ...comparison, said };
  }
  const { baseline, candidate, metrics } = comparison;
  return {
    ...comparison,
    verdict: "incomparable",
    metrics: metrics.map((row) => ({ ...row, p: null, verdict: "incomparable" })),
    detectable_drop: null,
    population: null,
    said: `the same answers stand on both sides (${candidate.side} took them from the cache or scored them again, ${baseline.side} has them too): nothing to compare`,
  };
}
