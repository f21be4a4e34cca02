/** One element of a list in a JSON text. */
export interface JsonElement {
  readonly text: string;
  /** The line on which the element begins, from 1. */
  readonly line: number;
}

/**
 * The elements of a JSON list, or of the list under `key` in the outermost object. The text must be valid JSON.
 *
 * @param key `data`, or `data.examples` for a nested list
 */
export function* jsonElements(text: string, key?: string): Generator<JsonElement> {
  const start = key === undefined ? text.indexOf("[") : listUnder(text, key.split("."));
  if (start === -1) return;
  let line = linesIn(text, 0, start) + 1;
  let begin = -1;
  let beginLine = line;
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10) line++;
    if (code === 10 || code === 32 || code === 13 || code === 9) continue;
    const closes = code === 0x5d || code === 0x7d;
    if (depth === 1 && begin === -1 && !closes && code !== 0x2c) [begin, beginLine] = [at, line];
    if (code === 0x22) {
      at = endOfText(text, at);
      continue;
    }
    if (code === 0x5b || code === 0x7b) depth++;
    else if (closes) depth--;
    if (begin !== -1 && ((depth === 1 && code === 0x2c) || depth === 0)) {
      yield { text: text.slice(begin, at).trimEnd(), line: beginLine };
      begin = -1;
    }
    if (depth === 0) return;
  }
}

/** The first line of the value of a key in the outermost object; 1 when there is no such key. */
export function lineOfKey(text: string, key: string): number {
  const at = startOfValue(text, key);
  return at === -1 ? 1 : linesIn(text, 0, at) + 1;
}

function listUnder(text: string, keys: readonly string[]): number {
  let start = 0;
  for (const key of keys) {
    const at = startOfValue(start === 0 ? text : text.slice(start), key);
    if (at === -1) return -1;
    start += at;
  }
  return text[start] === "[" ? start : -1;
}

/** The offset of the value of a key in the outermost object; -1 when there is none. */
function startOfValue(text: string, key: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      const end = endOfText(text, at);
      const value = depth === 1 ? afterColon(text, end + 1) : -1;
      if (value !== -1 && JSON.parse(text.slice(at, end + 1)) === key) return value;
      at = end;
    } else if (code === 0x5b || code === 0x7b) depth++;
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return -1;
}

function afterColon(text: string, from: number): number {
  const found = /\s*:\s*/y;
  found.lastIndex = from;
  const match = found.exec(text);
  return match === null ? -1 : from + match[0].length;
}

/** The offset of the quote that ends the string starting at `from`. */
function endOfText(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text.charCodeAt(at) !== 0x22) at += text.charCodeAt(at) === 0x5c ? 2 : 1;
  return at;
}

function linesIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at !== -1 && at < to; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
