import type { Problem } from "./problem.ts";

/** A duplicate key in an object of a JSON text. */
export interface RepeatedKey {
  readonly name: string;
  /** Position of the later of the two keys, in UTF-16 units from 0. */
  readonly at: number;
  /** Position of the earlier of the two keys, in UTF-16 units from 0. */
  readonly first: number;
}

/**
 * Finds keys to which an object gives two values, at any depth and in any spelling: `JSON.parse` silently keeps the
 * last value.
 *
 * @param text valid JSON
 */
export function repeatedKeys(text: string): RepeatedKey[] {
  const found: RepeatedKey[] = [];
  /** Keys of the open objects, innermost last; null for a list. An explicit stack, so that deep nesting causes no recursion. */
  const open: (Map<string, number> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x7b:
        open.push(new Map());
        break;
      case 0x5b:
        open.push(null);
        break;
      case 0x7d:
      case 0x5d:
        open.pop();
        break;
      case 0x22: {
        const end = endOfString(text, at);
        const keys = open.at(-1);
        if (keys && isKey(text, end)) {
          const raw = text.slice(at + 1, end);
          const name = raw.includes("\\") ? (JSON.parse(`"${raw}"`) as string) : raw;
          const first = keys.get(name);
          if (first === undefined) keys.set(name, at);
          else found.push({ name, at, first });
        }
        at = end;
        break;
      }
    }
  }
  return found;
}

/** Position of the quote that ends the string starting at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    if (!isEscaped(text, end)) return end;
  }
  return text.length;
}

/** Whether a quote is escaped, so that it does not end the string. JSON within a JSON string has escaped quotes. */
function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes++;
  return backslashes % 2 === 1;
}

/** Whether a colon follows the string that ends at `end`. */
function isKey(text: string, end: number): boolean {
  for (let at = end + 1; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    if (letter !== 0x20 && letter !== 0x0a && letter !== 0x0d && letter !== 0x09) return letter === 0x3a;
  }
  return false;
}

/**
 * Whether a text may contain duplicate keys. The check is fast. It is true for every text with duplicate keys, and false
 * for almost every text without them.
 *
 * @param value the parsed text
 */
function mayRepeatKeys(text: string, value: unknown): boolean {
  let colons = 0;
  for (let at = text.indexOf('":'); at !== -1; at = text.indexOf('":', at + 2))
    if (!isEscaped(text, at)) colons++;
  // If no space comes before a colon, the number of colons is at least the number of keys. The value has one member for
  // each distinct key, so the two numbers are equal only if no key is repeated.
  return colons !== countMembers(value, 0) || /"[ \t\r\n]+:/.test(text);
}

const DEEPEST_COUNTED = 500;

/** Number of members of all objects in a value; NaN when the value is nested too deeply. */
function countMembers(value: unknown, depth: number): number {
  if (value === null || typeof value !== "object") return 0;
  if (depth > DEEPEST_COUNTED) return Number.NaN;
  let count = 0;
  if (Array.isArray(value)) {
    for (const one of value) count += countMembers(one, depth + 1);
    return count;
  }
  for (const key in value) count += 1 + countMembers((value as Record<string, unknown>)[key], depth + 1);
  return count;
}

/**
 * The problems of duplicate keys in a JSON text.
 *
 * @param value the parsed text
 * @param firstLine line number of the start of `text`
 */
export function repeatedKeyProblems(text: string, value: unknown, path: string, firstLine = 1): Problem[] {
  if (!mayRepeatKeys(text, value)) return [];
  return repeatedKeys(text).map(({ name, at, first }) => {
    const place = placeIn(text, at, firstLine);
    const earlier = placeIn(text, first, firstLine);
    const where = earlier.line === place.line ? `in column ${earlier.column}` : `on line ${earlier.line}`;
    return {
      code: "EVALS_JSON_DUPLICATE_KEY",
      path,
      ...place,
      what: `The key "${name}" is here a second time.`,
      why: "Only one of the two values could count, and nobody could tell which.",
      fix: `Delete one of the two keys; the first is ${where}.`,
    };
  });
}

function placeIn(text: string, at: number, firstLine: number): { line: number; column: number } {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf("\n") + 1;
  const lines = lineStart === 0 ? 0 : before.split("\n").length - 1;
  return { line: firstLine + lines, column: at - lineStart + 1 };
}
