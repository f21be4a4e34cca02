import { RE2JS, RE2JSSyntaxException } from "re2js";
import { badRegex } from "./scorer-mistakes.ts";

// Import this module lazily: RE2 is for the suites that have a pattern.

export interface RegexFlags {
  readonly ignore_case?: boolean | undefined;
  readonly multiline?: boolean | undefined;
  readonly dotall?: boolean | undefined;
}

/**
 * Compiles a pattern to something whose time grows with the text only, however hostile the text.
 * @throws {SettingMistake} EVALS_SCORER_REGEX with the position of the mistake
 */
export function compileRegex(
  pattern: string,
  at: readonly (string | number)[],
  flags: RegexFlags = {},
): RE2JS {
  const bits =
    (flags.ignore_case ? RE2JS.CASE_INSENSITIVE : 0) |
    (flags.multiline ? RE2JS.MULTILINE : 0) |
    (flags.dotall ? RE2JS.DOTALL : 0);
  try {
    return RE2JS.compile(pattern, bits);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const fragment = error.getPattern() ?? pattern;
    throw badRegex(at, pattern, error.getDescription(), Math.max(0, pattern.indexOf(fragment)) + 1);
  }
}
