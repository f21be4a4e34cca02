import type { Comparison } from "../domain/report.ts";

/** How many answers the two sides have in common because a later run took them from the cache. */
export interface SharedAnswers {
  readonly shared: number;
  /** Number of the candidate's answers. */
  readonly of: number;
}

/**
 * Adds the number of shared answers to a comparison, because an answer common to both sides is no evidence that
 * nothing changed.
 */
export function withShared(comparison: Comparison, { shared, of }: SharedAnswers): Comparison {
  if (shared === 0) return comparison;
  const sentence = `${comparison.said}; ${shared} of ${of} answers are the same ones on both sides, and show nothing about a change`;
  return { ...comparison, said: sentence };
}
