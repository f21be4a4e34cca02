import { EvalsError, type Problem } from "./problem.ts";

/** Whether reading a text failed because its lists and maps are in each other too often. */
export const isStackOverflow = (error: unknown): boolean =>
  error instanceof RangeError && /call stack/i.test(error.message);

/** The mistake of a YAML text that is nested so deep that nothing can read it, at the line that opens most. */
export function tooDeepProblem(text: string, path: string): Problem {
  const opened = text.split("\n").map((line) => line.match(/[[{]|- |^ +/g)?.join("").length ?? 0);
  const deepest = opened.reduce((best, count, index) => (count > (opened[best] ?? 0) ? index : best), 0);
  return {
    code: "EVALS_YAML_DEEP",
    path,
    line: deepest + 1,
    column: 1,
    what: "Lists and maps are nested too deep here to be read.",
    why: "No file that a person writes needs hundreds of levels, and reading it would end the program.",
    fix: "Take levels away, or put a text in quotes that begins with many dashes or brackets.",
  };
}

/** More levels than any file of a project needs, and few enough for every function that walks through a value. */
const MAX_LEVELS = 190;

/** Whether lists and maps are in each other more than 190 times. Each is looked at once a level, so aliases cost nothing. */
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

/** Reads a YAML text. @throws {EvalsError} EVALS_YAML_DEEP in the place of an overflow of the stack */
export function readingYaml<T>(text: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isStackOverflow(error)) throw error;
    throw new EvalsError(tooDeepProblem(text, path), { cause: error });
  }
}

/** A value that was read, as it is. @throws {EvalsError} EVALS_YAML_DEEP where walking through it would end the program */
export function notTooDeep<T>(value: T, text: string, path: string): T {
  if (isNestedTooDeep(value)) throw new EvalsError(tooDeepProblem(text, path));
  return value;
}
