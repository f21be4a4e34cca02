import { itemAt } from "../domain/item-at.ts";
import type { Side } from "./side.ts";

/** The note of a report when a recording would be compared with itself. */
export const SAME_RECORDING = "The same recorded answers on both sides: nothing to compare.";

/**
 * Whether recorded answers are those that the baseline was made from: every common case has the same key (for
 * `outputs` this covers the answers), and the baseline has at least as many passes and as many failures of it.
 *
 * @param candidate a side whose target answers from a recording
 */
export function isSameRecording(base: Side, candidate: Side): boolean {
  const places = new Map(base.ids.map((id, at) => [id, at]));
  let shared = 0;
  for (const [at, id] of candidate.ids.entries()) {
    const was = places.get(id);
    const answered = itemAt(candidate.answered, at);
    if (was === undefined || answered === 0) continue;
    const passed = itemAt(candidate.passed, at);
    const among =
      passed <= itemAt(base.passed, was) &&
      answered - passed <= itemAt(base.answered, was) - itemAt(base.passed, was);
    if (!among || candidate.keys?.[at] === undefined || candidate.keys[at] !== base.keys?.[was]) return false;
    shared++;
  }
  return shared > 0;
}
