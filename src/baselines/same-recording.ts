import { itemAt } from "../domain/item-at.ts";
import type { Side } from "./side.ts";

/** What a report says where a recording would be compared with itself. */
export const SAME_RECORDING = "The same recorded answers on both sides: nothing to compare.";

/**
 * Whether recorded answers are those that a baseline was made of: every case that both have is the same to its key (for
 * `outputs` that is the answers themselves), and its trials are among the baseline's.
 *
 * @param candidate of a target that answers from a recording
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
