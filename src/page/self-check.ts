import type { Label } from "../domain/label.ts";

/** A rater's second verdict on an answer, together with the first one. */
export interface Check {
  readonly case: string;
  readonly answer_hash: string;
  readonly rater: string;
  readonly first: Label["verdict"];
  readonly again: Label["verdict"];
  /** Time of the second verdict, ISO 8601, UTC. */
  readonly at: string;
}

/** One of every 20 answers is shown to its rater a second time. */
const EVERY = 20;
/** Number of answers before the first check, when the rater has no labels from before this session. */
const FIRST = 11;

/** How many of the answers that a rater judged twice got the same verdict both times. */
export interface Agreement {
  readonly same: number;
  readonly of: number;
}

/**
 * The positions among the unlabelled answers at which a check is inserted, evenly spread.
 *
 * @param picked number of answers in the whole session, including labelled answers; `open`: number of answers
 * without a label; `checked`: number of checks that were already made
 * @param hasEarlier whether the rater has labels from before this session
 * @returns indices from 0, ascending
 */
export function plannedChecks(
  { picked, open, checked }: { readonly picked: number; readonly open: number; readonly checked: number },
  hasEarlier: boolean,
): number[] {
  const checks = open === 0 ? 0 : Math.max(0, Math.floor(picked / EVERY) - checked);
  const positions = Array.from({ length: checks }, (_, i) => Math.floor(((i + 1) * open) / (checks + 1)));
  return positions.filter((at) => hasEarlier || at >= FIRST);
}

export function sameVerdicts(checks: readonly Check[]): Agreement {
  return { same: checks.filter(({ first, again }) => first === again).length, of: checks.length };
}
