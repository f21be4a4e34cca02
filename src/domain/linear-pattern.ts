import { RE2JS } from "re2js";
import { withinTimeLimit } from "./time-limit.ts";

// Import this module lazily, so that RE2 is loaded only for suites with a pattern.

/** A pattern with JavaScript syntax, as in JSON Schema and JSONPath. */
export interface TextPattern {
  test(text: string): boolean;
  /** The pattern with its flags, such as `/a+/u`; equal patterns have equal texts. */
  toString(): string;
}

/**
 * Compiles a pattern that will be applied to model output. RE2 matches it, in linear time. A pattern that RE2 does not
 * support, because of lookaround or back-references, is matched by JavaScript's engine with a time limit.
 *
 * @throws {SyntaxError} for an invalid pattern; its `test` throws {TookTooLong}
 */
export function linearPattern(pattern: string, flags = "u"): TextPattern {
  const test = linearTest(pattern) ?? limitedTest(new RegExp(pattern, flags), pattern);
  return { test, toString: () => `/${pattern}/${flags}` };
}

/** Returns the ranges of matches in UTF-16 units, left to right, without empty ones. */
export type Finder = (text: string) => (readonly [from: number, to: number])[];

/** All matches of a pattern in linear time. @throws {SyntaxError} for a pattern that RE2 does not support */
export function linearFinder(pattern: string): Finder {
  const translated = withJavaScriptClasses(RE2JS.translateRegExp(pattern));
  if (translated === undefined) throw new SyntaxError("\\S inside of square brackets is not supported");
  const regex = compiled(translated);
  return (text) => {
    const found: (readonly [number, number])[] = [];
    const matcher = regex.matcher(text);
    while (matcher.find()) if (matcher.end() > matcher.start()) found.push([matcher.start(), matcher.end()]);
    return found;
  };
}

function compiled(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new SyntaxError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function linearTest(pattern: string): ((text: string) => boolean) | undefined {
  try {
    const translated = withJavaScriptClasses(RE2JS.translateRegExp(pattern));
    if (translated === undefined) return undefined;
    const regex = RE2JS.compile(translated);
    return (text) => regex.test(text);
  } catch {
    return undefined;
  }
}

function limitedTest(regex: RegExp, pattern: string): (text: string) => boolean {
  return (text) => withinTimeLimit(`the pattern ${JSON.stringify(pattern)}`, () => regex.test(text));
}

const BLANKS =
  "\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}";
const LINE_ENDS = "\\n\\r\\x{2028}\\x{2029}";

/**
 * Replaces `\s`, `\S` and `.` by classes of characters with JavaScript's meaning, because RE2 only knows the whitespace
 * and line ends of ASCII.
 *
 * @returns undefined when `\S` is inside of a class, where it cannot be replaced
 */
function withJavaScriptClasses(pattern: string): string | undefined {
  let made = "";
  let inClass = false;
  for (let i = 0; i < pattern.length; i++) {
    const letter = pattern[i] as string;
    if (letter === "\\") {
      const escaped = pattern[++i] ?? "";
      if (escaped === "S" && inClass) return undefined;
      if (escaped === "s") made += inClass ? BLANKS : `[${BLANKS}]`;
      else made += escaped === "S" ? `[^${BLANKS}]` : letter + escaped;
    } else if (letter === "." && !inClass) made += `[^${LINE_ENDS}]`;
    else {
      if (letter === "[") inClass = true;
      else if (letter === "]") inClass = false;
      made += letter;
    }
  }
  return made;
}
