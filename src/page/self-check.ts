import type { Label } from "../domain/label.ts";

/** A rater's second judgement of an answer, with the first. */
export interface Check {
  readonly case: string;
  readonly answer_hash: string;
  readonly rater: string;
  readonly first: Label["verdict"];
  readonly again: Label["verdict"];
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** One answer in this many is asked a second time. */
const EVERY = 20;
/** Minimum number of answers before a check of this session's own labels. */
const FIRST = 11;

/** How often a rater gave an answer the same verdict twice. */
export interface Agreement {
  readonly same: number;
  readonly of: number;
}

/**
 * The positions among the open answers at which a check is inserted, evenly spread.
 *
 * @param picked number of answers in the whole session; an earlier part of it had its own checks
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
