import { changedNumbers } from "./exact-json.ts";
import type { Problem } from "./problem.ts";

/** The problem to report for a number in a user's file that parsing would change, such as an id above 2^53. */
export function changedNumberProblem(
  number: string,
  place: { readonly path: string; readonly line: number; readonly column: number },
): Problem {
  const short = number.length > 40 ? `${number.slice(0, 40)}…` : number;
  return {
    code: "EVALS_NUMBER_CHANGED",
    ...place,
    what: `The number ${short} cannot be represented exactly.`,
    why: "JavaScript represents whole numbers exactly only up to 9007199254740992 (2^53); beyond it, a different number would be sent and compared.",
    fix: `Write it as text, in quotes: "${short}"`,
  };
}

/** The problem of an integer with a leading zero in a YAML file: a zip code or order number would lose its zeros. */
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
    why: "YAML reads such a number as decimal or as octal, depending on YAML's version; in both cases a different value would be sent and compared.",
    fix: `Write "${short}", in quotes, or ${bare}`,
  };
}

/**
 * The problem to report for an unpaired surrogate in a user's file. Half of a character can be neither sent nor
 * stored.
 */
export function halfCharacterProblem(place: {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}): Problem {
  return {
    code: "EVALS_TEXT_HALF_CHARACTER",
    ...place,
    what: "Half of a character is here: a surrogate such as \\ud83d without the other half of its pair.",
    why: "Half of a character cannot be written as UTF-8, so a different text would be sent, stored and compared.",
    fix: "Write the whole character, or delete the half; it is often an emoji that was cut.",
  };
}

const ESCAPES =
  /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(?<half>\\u[dD][89a-fA-F][\da-fA-F]{2})|\\./g;

/** Finds unpaired surrogates in a JSON text. @param firstLine line number of the start of `text` */
export function halfCharacterProblems(text: string, path: string, firstLine = 1): Problem[] {
  if (!/\\u[dD][89a-fA-F]/.test(text)) return [];
  return Array.from(text.matchAll(ESCAPES))
    .filter(({ groups }) => groups?.half !== undefined)
    .map(({ index }) => halfCharacterProblem({ path, ...placeIn(text, index, firstLine) }));
}

/**
 * Finds numbers in a JSON text that would change when parsed.
 *
 * @param firstLine line number of the start of `text`
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
