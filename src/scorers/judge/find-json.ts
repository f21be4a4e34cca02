import { isTooDeep } from "../frame/parse-answer.ts";

/** One JSON value found in a text, with its source characters. */
export interface FoundJson {
  readonly value: unknown;
  readonly text: string;
}

/** The JSON values of a text, and whether the search was complete. */
export interface SearchedJson {
  readonly found: readonly FoundJson[];
  /** False when the search was given up because the text has too many unmatched brackets. */
  readonly whole: boolean;
}

/**
 * Finds the outermost JSON objects and lists in a text, in order: alone, in a Markdown fence, or between words.
 * Values nested too deeply are skipped. The model's reasoning (`<think>…</think>`, even if one of the tags is
 * missing) is not searched.
 */
export function findJson(reply: string): SearchedJson {
  const text = reply.trim();
  const alone = parse(text);
  if (alone !== undefined) {
    const found = isContainer(alone) && !isTooDeep(text) ? [{ value: alone, text }] : [];
    return { found, whole: true };
  }
  let found: FoundJson[] = [];
  let misses = 0;
  let searched = 0;
  for (let at = afterThoughts(text); at < text.length; at++) {
    if (text[at] === "<" && thoughtEndsAt(text, at)) found = [];
    if (text[at] !== "{" && text[at] !== "[") continue;
    if (misses > MAX_MISSES || searched > MAX_SEARCHED) return { found, whole: false };
    const end = endOf(text, at);
    searched += (end ?? text.length) - at;
    const piece = end === undefined ? "" : text.slice(at, end);
    const value = parse(piece);
    if (end === undefined || value === undefined) {
      misses++;
      continue;
    }
    if (!isTooDeep(piece)) found.push({ value, text: piece });
    at = end - 1;
  }
  return { found, whole: true };
}

const THOUGHT_BEGINS = /^<(?:think|thinking|reasoning)>/;
const THOUGHT_ENDS = /<\/(?:think|thinking|reasoning)>/;
const ENDS_HERE = new RegExp(THOUGHT_ENDS, "y");

function thoughtEndsAt(text: string, at: number): boolean {
  ENDS_HERE.lastIndex = at;
  return ENDS_HERE.test(text);
}

/**
 * Position after the marked reasoning, where the reply itself starts; the end of the text when only reasoning was
 * written.
 */
function afterThoughts(text: string): number {
  if (!THOUGHT_BEGINS.test(text)) return 0;
  const end = text.search(THOUGHT_ENDS);
  return end === -1 ? text.length : end;
}

/**
 * Limits of the search in a reply with many unmatched brackets: how many brackets may begin no JSON value, and how many
 * characters are read in total.
 */
const MAX_MISSES = 200;
const MAX_SEARCHED = 10_000_000;

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

/** End of the value that opens at `from`; undefined when it is not closed. */
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

/** Position of the quote that ends the string at `from`. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

/**
 * Finds a key of `keys` that some object in the text, at any depth, contains twice with different values.
 * `JSON.parse` would silently keep the last value.
 *
 * @param text of a JSON value
 */
export function givenTwice(text: string, keys: readonly string[]): string | undefined {
  const open: Map<string, string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{" || character === "[") open.push(new Map());
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      const key = keyAt(text, at, end);
      if (key !== undefined && keys.includes(key.name)) {
        const value = text.slice(key.value, endOfValue(text, key.value)).trim();
        const before = open.at(-1)?.get(key.name);
        if (before !== undefined && before !== value) return key.name;
        open.at(-1)?.set(key.name, value);
      }
      at = end;
    }
  }
  return undefined;
}

const COLON = /\s*:\s*/y;

/** The name of a key and the position of its value; undefined when the string between `from` and `end` is no key. */
function keyAt(text: string, from: number, end: number): { name: string; value: number } | undefined {
  COLON.lastIndex = end + 1;
  if (!COLON.test(text)) return undefined;
  const value = COLON.lastIndex;
  const name = parse(text.slice(from, end + 1));
  return typeof name === "string" ? { name, value } : undefined;
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
