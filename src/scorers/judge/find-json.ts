import { isTooDeep } from "../frame/parse-answer.ts";

/** One JSON value in a text, with the characters it was read from. */
export interface FoundJson {
  readonly value: unknown;
  readonly text: string;
}

/** What a text holds, and whether it was searched to its end. */
export interface SearchedJson {
  readonly found: readonly FoundJson[];
  /** False for a text of so many brackets that nothing fits in, that the search was given up. */
  readonly whole: boolean;
}

/**
 * The outermost JSON objects and lists in a text, in order: alone, in a Markdown fence, or between words; none that is
 * nested beyond reason. What a model thinks aloud before its reply (`<think>…</think>`, also where the first of the two
 * was not handed on, or the second never came) is not part of it.
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

/** Where the reply begins behind thoughts that are marked from the start; its end when they have none. */
function afterThoughts(text: string): number {
  if (!THOUGHT_BEGINS.test(text)) return 0;
  const end = text.search(THOUGHT_ENDS);
  return end === -1 ? text.length : end;
}

/** A reply of nothing but open brackets must not take for ever: brackets that open nothing, characters looked through. */
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
 * One of these keys that an object in the text gives two different values, at any depth: `JSON.parse` keeps the last
 * without a word.
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

/** The key that a string is, and where its value begins; undefined for a string that is a value. */
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
