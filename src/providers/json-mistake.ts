import { MOST_NESTED } from "../domain/json-depth.ts";

const BLANK = /[ \t\n\r]*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/** Where one pattern ends when it begins at `at`; -1 when it does not. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** Reads JSON only to find where it breaks. */
class Reader {
  readonly #text: string;
  /** The furthest place that was still right. */
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  blank(): void {
    this.at = endOf(BLANK, this.#text, this.at);
  }

  #take(character: string): boolean {
    this.blank();
    if (this.#text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  #token(pattern: RegExp): boolean {
    this.blank();
    const end = endOf(pattern, this.#text, this.at);
    if (end < 0) return false;
    this.at = end;
    return true;
  }

  #list(close: string, item: () => boolean): boolean {
    if (this.#take(close)) return true;
    do if (!item()) return false;
    while (this.#take(","));
    return this.#take(close);
  }

  /** Where it is nested beyond reason it is taken to be wrong. */
  value(depth = 0): boolean {
    if (depth > MOST_NESTED) return false;
    const inner = (): boolean => this.value(depth + 1);
    if (this.#take("{")) return this.#list("}", () => this.#token(STRING) && this.#take(":") && inner());
    if (this.#take("[")) return this.#list("]", inner);
    return this.#token(STRING) || this.#token(SCALAR);
  }
}

/**
 * The column, from 1 in UTF-16 units, at which a line stops being JSON. Node's own errors do not always say.
 * A string that does not end is told at its beginning.
 */
export function jsonMistakeColumn(line: string): number {
  const reader = new Reader(line);
  reader.value();
  reader.blank();
  return reader.at + 1;
}
