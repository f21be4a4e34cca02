import type { Comparison } from "../domain/report.ts";

/** How many of one side's answers are the very answers of the other: a later run took them from the cache. */
export interface SharedAnswers {
  readonly shared: number;
  /** Answers of the candidate. */
  readonly of: number;
}

/** An answer that both sides share is no evidence that nothing changed, so the report says how many they share. */
export function withShared(comparison: Comparison, { shared, of }: SharedAnswers): Comparison {
  if (shared === 0) return comparison;
  const sentence = `${comparison.said}; ${shared} of ${of} answers are the same ones on both sides, and say nothing of a change`;
  return { ...comparison, said: sentence };
}
