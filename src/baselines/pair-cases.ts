import { itemAt } from "../domain/item-at.ts";
import { hasOwnScorers, passBasis, type Side } from "./side.ts";

/**
 * Which cases of the two sides belong together, because they ask the same question. Indices refer to each side's own
 * order.
 */
export interface Pairing {
  /** Index in the baseline of each paired case, which has at least one answered trial on both sides. */
  readonly base: Int32Array;
  /** Index in the candidate of the same cases. */
  readonly candidate: Int32Array;
  readonly new: readonly string[];
  readonly removed: readonly string[];
  /** Ids of cases that are not compared, because their input, expected value or set of scorers differs. */
  readonly changed: readonly string[];
  /** Ids of cases that are equal on both sides, but have no answered trial on one side. */
  readonly missing: readonly string[];
}

/**
 * Pairs cases by id and content.
 *
 * @param narrowed whether the candidate ran only selected cases; all other cases count neither as removed nor missing
 */
export function pairCases(base: Side, candidate: Side, narrowed: boolean): Pairing {
  const places = new Map(base.ids.map((id, index) => [id, index]));
  const pairs: [base: number, candidate: number][] = [];
  const added: string[] = [];
  const changed: string[] = [];
  const missing: string[] = [];
  const own = hasOwnScorers(base) || hasOwnScorers(candidate);
  for (const [index, id] of candidate.ids.entries()) {
    const before = places.get(id);
    if (before === undefined) {
      added.push(id);
      continue;
    }
    places.delete(id);
    if (base.contents[before] !== candidate.contents[index]) changed.push(id);
    else if (itemAt(base.answered, before) === 0 || itemAt(candidate.answered, index) === 0) missing.push(id);
    else if (own && passBasis(base, before) !== passBasis(candidate, index)) changed.push(id);
    else pairs.push([before, index]);
  }
  return {
    base: Int32Array.from(pairs, ([index]) => index),
    candidate: Int32Array.from(pairs, ([, index]) => index),
    new: added,
    removed: narrowed ? [] : [...places.keys()].sort(),
    changed,
    missing,
  };
}
