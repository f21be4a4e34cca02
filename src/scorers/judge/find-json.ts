import { isTooDeep } from "../frame/parse-answer.ts";

/** One JSON value in a text, with the characters it was read from. */
export interface FoundJson {
  readonly value: unknown;
  readonly text: string;
}

/**
 * The outermost JSON objects and lists in a text, in order: alone, in a Markdown fence, or between words; none that is
 * nested beyond reason. Thoughts that a model writes down first (`<think>…</think>`) are not part of its reply.
 */
export function findJson(reply: string): readonly FoundJson[] {
  const text = reply.replace(/^\s*<think>[\s\S]*?<\/think>/, "").trim();
  const whole = parse(text);
  if (whole !== undefined) return isContainer(whole) && !isTooDeep(text) ? [{ value: whole, text }] : [];
  const found: FoundJson[] = [];
  for (let at = 0, tried = 0; at < text.length && tried < MOST_TRIED; at++) {
    if (text[at] !== "{" && text[at] !== "[") continue;
    tried++;
    const end = endOf(text, at);
    if (end === undefined) continue;
    const piece = text.slice(at, end);
    const value = parse(piece);
    if (value === undefined || !isContainer(value)) continue;
    if (!isTooDeep(piece)) found.push({ value, text: piece });
    at = end - 1;
  }
  return found;
}

/** A reply of nothing but open brackets must not take for ever. */
const MOST_TRIED = 200;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isContainer(value: unknown): boolean {
  return value !== null && typeof value === "object";
}

/** Where the value that opens at `from` closes; undefined when it does not. */
function endOf(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

/** Place of the quote that closes the string which opens at `from`. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

/**
 * The members of an object as they are written, those that are written twice included: `JSON.parse` keeps only the last.
 * @param text of a JSON object
 */
export function writtenMembers(text: string, key: string): readonly string[] {
  const values: string[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    else if (character === '"') {
      const end = endOfString(text, at);
      const colon = /^\s*:\s*/.exec(text.slice(end + 1));
      if (depth === 1 && colon !== null && parse(text.slice(at, end + 1)) === key) {
        const start = end + 1 + colon[0].length;
        values.push(text.slice(start, endOfValue(text, start)).trim());
      }
      at = end;
    }
  }
  return values;
}

function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") {
      if (depth === 0) return at;
      depth--;
    } else if (character === "," && depth === 0) return at;
  }
  return text.length;
}
