import type { Score } from "../domain/score.ts";
import { type OpenScorer, type ScoreInput, ScorerFailure } from "../domain/scorer.ts";

/** What all scorers of a suite say of one answer. */
export type Scoring =
  | { readonly kind: "scored"; readonly pass: boolean; readonly scores: readonly (Score | null)[] }
  | { readonly kind: "failed"; readonly error: "tool" | "judge"; readonly message: string };

/**
 * Runs every scorer. A required one that cannot score makes the whole trial fail to be scored; an optional one leaves
 * null. A plain value when no scorer had to wait.
 */
export function scoreTrial(scorers: readonly OpenScorer[], input: ScoreInput): Scoring | Promise<Scoring> {
  const results: (Score | ScorerFailure | Promise<Score | ScorerFailure>)[] = [];
  let waits = false;
  for (const scorer of scorers) {
    const result = attempt(scorer, input);
    if (result instanceof Promise) waits = true;
    results.push(result);
  }
  return waits
    ? Promise.all(results).then((all) => combine(scorers, all))
    : combine(scorers, results as (Score | ScorerFailure)[]);
}

function attempt(
  scorer: OpenScorer,
  input: ScoreInput,
): Score | ScorerFailure | Promise<Score | ScorerFailure> {
  try {
    const result = scorer.score(input);
    return result instanceof Promise ? result.catch(failure) : result;
  } catch (error) {
    return failure(error);
  }
}

/** Anything but a scorer that says it could not score is a bug and goes on up. */
function failure(error: unknown): ScorerFailure {
  if (error instanceof ScorerFailure) return error;
  throw error;
}

function combine(scorers: readonly OpenScorer[], results: readonly (Score | ScorerFailure)[]): Scoring {
  const scores: (Score | null)[] = [];
  let pass = true;
  for (const [index, scorer] of scorers.entries()) {
    const result = results[index];
    if (result === undefined || result instanceof ScorerFailure) {
      if (scorer.required && result !== undefined) {
        return { kind: "failed", error: result.kind, message: `${scorer.name}: ${result.message}` };
      }
      scores.push(null);
      continue;
    }
    scores.push(result);
    if (scorer.required && !result.pass) pass = false;
  }
  return { kind: "scored", pass, scores };
}
