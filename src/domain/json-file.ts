import { changedNumberProblems } from "./changed-values.ts";
import { conflictLine, conflictProblem } from "./file-text.ts";
import { findJsonError } from "./find-json-error.ts";
import { EvalsError, type Problem } from "./problem.ts";
import { repeatedKeyProblems } from "./repeated-keys.ts";

/**
 * Parses a file that is one JSON document.
 *
 * @param text without a byte order mark
 * @param mistake how to report invalid JSON
 * @throws {EvalsError} at the first error, at a merge conflict, at every duplicate key, and at every number that parsing
 * would change
 */
export function readJsonFile(
  text: string,
  mistake: { readonly path: string } & Pick<Problem, "code" | "why" | "fix">,
): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const conflict = conflictLine(text);
    const problem =
      conflict === undefined ? { ...mistake, ...mistakeIn(text) } : conflictProblem(mistake.path, conflict);
    throw new EvalsError(problem, { cause: error });
  }
  const wrong = [
    ...repeatedKeyProblems(text, value, mistake.path),
    ...changedNumberProblems(text, mistake.path),
  ];
  if (wrong.length > 0) throw new EvalsError(wrong);
  return value;
}

function mistakeIn(text: string): Pick<Problem, "line" | "column" | "what"> {
  if (text.trim() === "") return { line: 1, column: 1, what: "This file is empty." };
  const error = findJsonError(text);
  const before = text.slice(0, (error?.column ?? 1) - 1).split("\n");
  const isCut = error !== undefined && error.column > text.length;
  const what = isCut ? "It is cut off: its end is missing." : (error?.what ?? "");
  return {
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    what: `This file is not JSON. ${what}`.trim(),
  };
}
