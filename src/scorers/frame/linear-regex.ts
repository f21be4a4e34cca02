import { RE2JS, RE2JSSyntaxException } from "re2js";
import { badRegex } from "./scorer-mistakes.ts";

// Import this module lazily, so that RE2 is loaded only for suites with a pattern.

export interface RegexFlags {
  readonly ignore_case?: boolean | undefined;
  readonly multiline?: boolean | undefined;
  readonly dotall?: boolean | undefined;
}

/**
 * Compiles a pattern for matching in linear time, even on hostile texts.
 *
 * @throws {SettingMistake} EVALS_SCORER_REGEX with the position of the error
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
