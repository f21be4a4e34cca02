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
    why: "JavaScript and JSON hold whole numbers exactly up to 9007199254740992 (2^53); beyond it, a different number would be sent and compared.",
    fix: `Write it as text, in quotes: "${short}"`,
  };
}

/** A whole number of a YAML file that begins with a zero: a zip code or an order's number, whose zeros would be dropped. */
export function leadingZeroProblem(
  number: string,
  place: { readonly path: string; readonly line: number; readonly column: number },
): Problem {
  const short = number.length > 40 ? `${number.slice(0, 40)}…` : number;
  const bare = short.replace(/^([-+]?)0+(?=\d)/, "$1");
  return {
    code: "EVALS_NUMBER_LEADING_ZERO",
    ...place,
    what: `The number ${short} begins with a zero, which would be dropped.`,
    why: "YAML reads it as a decimal or an octal number, depending on its version; either way another text would be asked for and compared.",
    fix: `Write "${short}", in quotes, or ${bare}`,
  };
}

/** Half of a character in a user's file: it can be neither sent nor stored as it stands. */
export function halfCharacterProblem(place: {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}): Problem {
  return {
    code: "EVALS_TEXT_HALF_CHARACTER",
    ...place,
    what: "Half of a character is here: one part of a pair of \\ud83d and its kind, without the other.",
    why: "No UTF-8 can hold it, so that another text would be sent, stored and compared.",
    fix: "Write the whole character, or delete the half; it is often an emoji that was cut.",
  };
}

const ESCAPES =
  /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(?<half>\\u[dD][89a-fA-F][\da-fA-F]{2})|\\./g;

/** The halves of characters in a JSON text. @param firstLine number of the line on which `text` begins */
export function halfCharacterProblems(text: string, path: string, firstLine = 1): Problem[] {
  if (!/\\u[dD][89a-fA-F]/.test(text)) return [];
  return Array.from(text.matchAll(ESCAPES))
    .filter(({ groups }) => groups?.half !== undefined)
    .map(({ index }) => halfCharacterProblem({ path, ...placeIn(text, index, firstLine) }));
}

/**
 * The numbers of a JSON text that would be others after it was read.
 * @param firstLine number of the line on which `text` begins
 */
export function changedNumberProblems(text: string, path: string, firstLine = 1): Problem[] {
  return Array.from(changedNumbers(text), ({ text: number, index }) => {
    return changedNumberProblem(number, { path, ...placeIn(text, index, firstLine) });
  });
}

function placeIn(text: string, index: number, firstLine: number): { line: number; column: number } {
  const before = text.slice(0, index).split("\n");
  return { line: firstLine + before.length - 1, column: (before.at(-1)?.length ?? 0) + 1 };
}
