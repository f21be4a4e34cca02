import { changedNumbers } from "./exact-json.ts";
import type { Problem } from "./problem.ts";

/** A number of a user's file that would be another one after it was read. */
export function changedNumberProblem(
  number: string,
  place: { readonly path: string; readonly line: number; readonly column: number },
): Problem {
  const short = number.length > 40 ? `${number.slice(0, 40)}…` : number;
  return {
    code: "EVALS_NUMBER_CHANGED",
    ...place,
    what: `The number ${short} cannot be held as it is written.`,
    why: "JavaScript and JSON hold whole numbers exactly up to 9007199254740992 (2^53); beyond, another one would be asked for and compared.",
    fix: `Write it as text, in quotes: "${short}"`,
  };
}

/**
 * The numbers of a JSON text that would be others after it was read.
 * @param firstLine number of the line on which `text` begins
 */
export function changedNumberProblems(text: string, path: string, firstLine = 1): Problem[] {
  return Array.from(changedNumbers(text), ({ text: number, index }) => {
    const before = text.slice(0, index).split("\n");
    const column = (before.at(-1)?.length ?? 0) + 1;
    return changedNumberProblem(number, { path, line: firstLine + before.length - 1, column });
  });
}
