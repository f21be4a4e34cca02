import type { Problem } from "../domain/problem.ts";
import { slipOf } from "../domain/slip-of.ts";
import { ERROR_NAMES, OUTCOME_NAMES } from "../domain/stated-error.ts";
import { USAGE_FIELDS } from "../domain/transcript.ts";
import { membersOf } from "./chat-shapes.ts";
import { ANSWER_MEMBERS } from "./given-answer.ts";
import { LineFile, objectLine } from "./line-file.ts";
import { columnOf } from "./outputs-index.ts";
import { type MisspeltMember, misspeltMember } from "./outputs-mistakes.ts";

/** Members of a line: those that are read, and words that say how an answer went and may be anybody's notes. */
const OF_LINE: readonly string[] = [
  ...["case", "trial", "output", ...ANSWER_MEMBERS],
  ...["message", ...ERROR_NAMES, ...OUTCOME_NAMES],
];

/** Maximum number of distinct unknown names that are compared with known ones. */
const MAX_NAMES = 1000;

/**
 * Warns about the members of an outputs file whose names are nearly known ones. Other unknown members are anybody's
 * notes. The lines of the file must be without mistakes.
 *
 * @param path relative to the project root, for the warnings
 */
export function misspeltMembers(place: string, path: string): readonly Problem[] {
  /** By name; null for a name that is like no other. */
  const names = new Map<string, MisspeltMember | null>();
  const file = new LineFile(place);
  try {
    for (let index = 0; index < file.count; index++) {
      const read = objectLine(file, index, path, () => ({ code: "", what: "", why: "", fix: "" }));
      if (read.kind !== "object") continue;
      const { members, text } = read;
      const parts: readonly (readonly [inside: Members, known: readonly string[], prefix: string])[] = [
        [members, OF_LINE, ""],
        [membersOf(members.usage) ?? {}, USAGE_FIELDS, "usage."],
      ];
      for (const [inside, known, prefix] of parts) {
        for (const key in inside) {
          if (known.includes(key)) continue;
          const name = `${prefix}${key}`;
          const before = names.get(name);
          if (before === null || (before === undefined && names.size >= MAX_NAMES)) continue;
          const near = before?.known ?? slipOf(key, known);
          if (near === undefined) names.set(name, null);
          // A line that has the known member too does not mean it with the other name.
          else if (inside[near] !== undefined) continue;
          else if (before !== undefined) before.lines++;
          else names.set(name, { name, known: near, line: index + 1, column: columnOf(text, key), lines: 1 });
        }
      }
    }
  } finally {
    file.close();
  }
  return [...names.values()].flatMap((one) => (one === null ? [] : [misspeltMember(path, one)]));
}

type Members = Readonly<Record<string, unknown>>;
