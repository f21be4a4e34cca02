import { EvalsError, type Problem } from "./problem.ts";

/** Whether parsing failed because lists and maps are nested too deeply. */
export const isStackOverflow = (error: unknown): boolean =>
  error instanceof RangeError && /call stack/i.test(error.message);

/** The problem of a YAML text that is nested too deeply, at the line with the deepest nesting. */
export function tooDeepProblem(text: string, path: string): Problem {
  const opened = text.split("\n").map((line) => line.match(/[[{]|- |^ +/g)?.join("").length ?? 0);
  const deepest = opened.reduce((best, count, index) => (count > (opened[best] ?? 0) ? index : best), 0);
  return {
    code: "EVALS_YAML_DEEP",
    path,
    line: deepest + 1,
    column: 1,
    what: "Lists and maps are nested too deep here to be read.",
    why: "Reading hundreds of levels would crash the program, and no file that a person writes needs them.",
    fix: "Use fewer levels. If this is a text that begins with many dashes or brackets, put the text in quotes.",
  };
}

/** More levels than any project file needs, and few enough for every recursive function to process. */
const MAX_LEVELS = 190;

/**
 * Whether lists and maps are nested more than 190 levels deep. A value that YAML aliases repeat is visited only once
 * per level.
 */
export function isNestedTooDeep(value: unknown): boolean {
  let level = new Set<unknown>([value]);
  for (let depth = 0; level.size > 0; depth++) {
    if (depth > MAX_LEVELS) return true;
    const next = new Set<unknown>();
    for (const one of level)
      if (one !== null && typeof one === "object") for (const inner of Object.values(one)) next.add(inner);
    level = next;
  }
  return false;
}

/** Parses a YAML text. @throws {EvalsError} EVALS_YAML_DEEP instead of a stack overflow */
export function readingYaml<T>(text: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isStackOverflow(error)) throw error;
    throw new EvalsError(tooDeepProblem(text, path), { cause: error });
  }
}

/** Returns a parsed value unchanged. @throws {EvalsError} EVALS_YAML_DEEP when recursive functions would overflow the stack */
export function notTooDeep<T>(value: T, text: string, path: string): T {
  if (isNestedTooDeep(value)) throw new EvalsError(tooDeepProblem(text, path));
  return value;
}
