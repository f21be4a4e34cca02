import { decimalOf, readDecimal, sameDecimal } from "./decimal.ts";
import { ExactNumber } from "./exact-number.ts";
import type { Json } from "./json.ts";

/**
 * A JSON value with exact numbers. A number that a double would change is an `ExactNumber`; any other is a plain
 * number.
 */
export type ExactJson =
  | null
  | boolean
  | number
  | string
  | ExactNumber
  | readonly ExactJson[]
  | { readonly [key: string]: ExactJson };

/** Sixteen consecutive digits, or an exponent: only such a number can change when parsed as a double. */
const SUSPECT = /\d{16}|\d[eE]\+?\d/;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LARGEST_WHOLE = 2 ** 53;
/** Numbers that are nested deeper than this are searched in the text instead of in the parsed value. */
const MAX_DEPTH = 100;

/**
 * Whether parsing as a double changes the number: a rounded integer beyond 2^53, or a number out of range. A fraction
 * may have more digits than a double: 0.1234567890123456789 stays a plain number.
 */
export function isChangedByDouble(text: string): boolean {
  const number = Number(text);
  if (Math.abs(number) < LARGEST_WHOLE) return false;
  const written = readDecimal(text);
  return written === undefined || !sameDecimal(written, decimalOf(number));
}

export interface NumberPlace {
  readonly text: string;
  /** In UTF-16 units, from 0. */
  readonly index: number;
}

/** Finds those numbers in a JSON text that a double would change. @param text valid JSON */
export function* changedNumbers(text: string): Generator<NumberPlace> {
  if (!SUSPECT.test(text)) return;
  let inText = false;
  for (let index = 0; index < text.length; index++) {
    const letter = text.charCodeAt(index);
    if (inText) {
      if (letter === 92) index++;
      else if (letter === 34) inText = false;
    } else if (letter === 34) inText = true;
    else if (letter === 45 || (letter >= 48 && letter <= 57)) {
      NUMBER.lastIndex = index;
      const number = NUMBER.exec(text)?.[0] ?? "0";
      if (isChangedByDouble(number)) yield { text: number, index };
      index += number.length - 1;
    }
  }
}

/** Parses JSON without changing numbers. @throws {SyntaxError} like `JSON.parse` */
export function parseExactJson(text: string): ExactJson {
  const value = JSON.parse(text) as Json;
  if (!mayBeChanged(value, 0)) return value;
  const changed = [...changedNumbers(text)];
  if (changed.length === 0) return value;
  // Each changed number is first replaced by a string with a prefix that does not occur in the text, and then
  // by an ExactNumber.
  let mark = "number ";
  while (text.includes(mark)) mark += "~";
  let marked = "";
  let end = 0;
  for (const { text: number, index } of changed) {
    marked += `${text.slice(end, index)}"${mark}${number}"`;
    end = index + number.length;
  }
  return JSON.parse(marked + text.slice(end), (_key, inner: unknown) =>
    typeof inner === "string" && inner.startsWith(mark) ? new ExactNumber(inner.slice(mark.length)) : inner,
  ) as ExactJson;
}

/**
 * Whether a parsed value contains a number that a double may have changed. Checking parsed numbers is faster than
 * searching a long text. For a value that is nested too deeply, the answer is true, so that its text is searched.
 */
function mayBeChanged(value: Json, depth: number): boolean {
  if (typeof value === "number") return Math.abs(value) >= LARGEST_WHOLE;
  if (typeof value !== "object" || value === null) return false;
  if (depth === MAX_DEPTH) return true;
  for (const key in value)
    if (mayBeChanged((value as Readonly<Record<string, Json>>)[key] ?? null, depth + 1)) return true;
  return false;
}

/**
 * Parses JSON to a plain value; numbers that a double would change become text.
 *
 * @throws {SyntaxError} like `JSON.parse`
 */
export function parsePlainJson(text: string): Json {
  const value = JSON.parse(text) as Json;
  return mayBeChanged(value, 0) ? withNumbersAsText(parseExactJson(text)) : value;
}

/** JSON text with every number as it was written. */
export function exactJsonText(value: unknown): string {
  return holdsExactNumber(value) ? written(value) : (JSON.stringify(value) ?? "null");
}

function written(value: unknown): string {
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${written(inner)}`)
    .join(",")}}`;
}

/** A plain JSON value in which numbers that a double would change are replaced by their text. */
export function withNumbersAsText(value: unknown): Json {
  return holdsExactNumber(value) ? (JSON.parse(JSON.stringify(value)) as Json) : (value as Json);
}

function holdsExactNumber(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (value instanceof ExactNumber) return true;
  for (const key in value) if (holdsExactNumber((value as Record<string, unknown>)[key])) return true;
  return false;
}
