import type { Problem } from "../domain/problem.ts";
import { slipOf } from "../domain/slip-of.ts";
import { ERROR_NAMES, OUTCOME_NAMES } from "../domain/stated-error.ts";
import { USAGE_FIELDS } from "../domain/transcript.ts";
import { membersOf } from "./chat-shapes.ts";
import { ANSWER_MEMBERS } from "./given-answer.ts";
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
 * Notes the members of an outputs file whose names are nearly known ones, while its lines are read. Other unknown members
 * are anybody's notes.
 */
export class MisspeltMembers {
  readonly #path: string;
  /** By name; null for a name that is like no other. */
  readonly #names = new Map<string, MisspeltMember | null>();

  /** @param path relative to the project root, for the warnings */
  constructor(path: string) {
    this.#path = path;
  }

  /** Takes the members of the next line. @param index number of the line, from 0 */
  line(index: number, members: Members, text: string): void {
    this.#note(members, OF_LINE, "", { index, text });
    this.#note(membersOf(members.usage) ?? {}, USAGE_FIELDS, "usage.", { index, text });
  }

  #note(
    inside: Members,
    known: readonly string[],
    prefix: string,
    { index, text }: { readonly index: number; readonly text: string },
  ): void {
    const names = this.#names;
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

  /** The warnings about all lines so far. */
  warnings(): readonly Problem[] {
    return [...this.#names.values()].flatMap((one) =>
      one === null ? [] : [misspeltMember(this.#path, one)],
    );
  }
}

type Members = Readonly<Record<string, unknown>>;
