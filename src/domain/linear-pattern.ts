import { RE2JS } from "re2js";
import { withinTimeLimit } from "./time-limit.ts";

// Import this module lazily: RE2 is for the suites that have a pattern.

/** A pattern of JavaScript's kind, as JSON Schema and JSONPath have them. */
export interface TextPattern {
  test(text: string): boolean;
  /** Patterns are distinguished by this text. */
  toString(): string;
}

/**
 * Compiles a pattern that runs on what a model wrote: RE2 where it understands it, whose time grows with the text only;
 * lookaround and back-references run in JavaScript's engine, for a limited time.
 *
 * @throws {SyntaxError} for a pattern that is none; its `test` throws {TookTooLong}
 */
export function linearPattern(pattern: string, flags = "u"): TextPattern {
  const test = linearTest(pattern) ?? limitedTest(new RegExp(pattern, flags), pattern);
  return { test, toString: () => `/${pattern}/${flags}` };
}

/** Where a text matches, from and to in UTF-16 units, left to right; an empty match is none. */
export type Finder = (text: string) => (readonly [from: number, to: number])[];

/** Every match of a pattern, in time that grows with the text only. @throws {SyntaxError} for one that RE2 cannot read */
export function linearFinder(pattern: string): Finder {
  const translated = withJavaScriptClasses(RE2JS.translateRegExp(pattern));
  if (translated === undefined) throw new SyntaxError("\\S inside of a class cannot be read");
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
 * RE2 knows the blanks and line ends of ASCII only: `\s` and `.` get the characters that JavaScript gives them.
 * @returns undefined where that cannot be written: `\S` inside of a class
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
