/** Where and why a text is invalid JSON. */
export interface JsonError {
  /** In UTF-16 units, from 1. */
  readonly column: number;
  readonly what: string;
  readonly fix: string;
}

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y;
/** An escape sequence that the end of the text cuts off. */
const CUT_ESCAPE = /^\\(?:u[0-9a-fA-F]{0,3})?$/;
const ESCAPE = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/;
const WORD = /(?:true|false|null)(?!\w)/y;

/**
 * The first error of a text that `JSON.parse` rejects. (The messages of `JSON.parse` differ between Node versions,
 * and some have no position.) Undefined for valid JSON.
 */
export function findJsonError(text: string): JsonError | undefined {
  const scan = new JsonScan(text);
  return scan.firstError();
}

interface Misplaced {
  readonly what: string;
  readonly fix: string;
}

const unseen = (what: string): Misplaced => ({
  what,
  fix: "Delete this character, which most editors do not show.",
});
const curly = { what: "A curly quote", fix: 'Write straight double quotes: "text".' };

/** Characters that JSON does not allow between its values, and that are easily overlooked. */
const MISPLACED: ReadonlyMap<string, Misplaced> = new Map([
  ["\ufeff", unseen("A byte order mark (U+FEFF), as of a file that was appended to this one,")],
  ["\u200b", unseen("A zero-width space (U+200B)")],
  ["\u00a0", unseen("A no-break space (U+00A0)")],
  ["\u2028", unseen("A line separator (U+2028)")],
  ["\u201c", curly],
  ["\u201d", curly],
]);

type Expected = "value" | "value-or-end" | "key" | "key-or-end" | "comma-or-end";

class JsonScan {
  readonly #text: string;
  #position = 0;
  /** Open brackets, innermost last; an explicit stack, so that deep nesting causes no recursion. */
  readonly #open: ("{" | "[")[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  firstError(): JsonError | undefined {
    let expected: Expected = "value";
    for (;;) {
      this.#match(SPACE);
      const letter = this.#text[this.#position];
      if (letter === undefined) return this.#atEnd(expected);
      const misplaced = MISPLACED.get(letter);
      if (misplaced !== undefined) return this.#error(`${misplaced.what} is here.`, misplaced.fix);
      const next = this.#step(letter, expected);
      if (typeof next === "object") return next;
      if (next === "done") {
        this.#match(SPACE);
        if (this.#position >= this.#text.length) return undefined;
        if (this.#text.slice(this.#position).trim() === ",")
          return this.#error(
            "There is a comma after the end of the JSON value.",
            "Delete the comma: the lines of a JSONL file have no commas between them.",
          );
        return this.#error(
          "There is more text after the end of the JSON value.",
          "Put each case on a line of its own.",
        );
      }
      expected = next;
    }
  }

  #step(letter: string, expected: Expected): Expected | "done" | JsonError {
    const open = this.#open.at(-1);
    if (expected === "comma-or-end") {
      if (letter === ",") {
        this.#position++;
        return open === "{" ? "key" : "value";
      }
      return this.#isClosing(letter, open)
        ? this.#close()
        : this.#error("A comma is missing before this.", "Put a comma between the entries.");
    }
    if (expected === "key" || expected === "key-or-end") {
      if (letter === "}" && expected === "key-or-end") return this.#close();
      return this.#key(letter);
    }
    if (letter === "]" && expected === "value-or-end") return this.#close();
    return this.#value(letter);
  }

  #isClosing(letter: string, open: "{" | "[" | undefined): boolean {
    return (letter === "}" && open === "{") || (letter === "]" && open === "[");
  }

  #close(): Expected | "done" {
    this.#position++;
    this.#open.pop();
    return this.#open.length === 0 ? "done" : "comma-or-end";
  }

  #key(letter: string): Expected | JsonError {
    if (letter === "}") return this.#error("A comma is before the closing brace.", "Remove the last comma.");
    if (letter !== '"') return this.#error("A key must be in double quotes.", 'Write the key as "key".');
    const broken = this.#string();
    if (broken !== undefined) return broken;
    this.#match(SPACE);
    if (this.#text[this.#position] === undefined) return this.#truncated();
    if (this.#text[this.#position] !== ":")
      return this.#error("A colon is missing after the key.", 'Write "key": value.');
    this.#position++;
    return "value";
  }

  #value(letter: string): Expected | "done" | JsonError {
    if (letter === "{" || letter === "[") {
      this.#open.push(letter);
      this.#position++;
      return letter === "{" ? "key-or-end" : "value-or-end";
    }
    const broken = letter === '"' ? this.#string() : this.#word(letter);
    if (broken !== undefined) return broken;
    return this.#open.length === 0 ? "done" : "comma-or-end";
  }

  #badValue(letter: string): JsonError {
    if (letter === "]")
      return this.#error("A comma is before the closing bracket.", "Remove the last comma.");
    if (letter === "'")
      return this.#error("Text must be in double quotes, not single ones.", 'Write "text".');
    const word = /^[\w.+-]+/.exec(this.#text.slice(this.#position, this.#position + 40))?.[0];
    if (word === "True" || word === "False" || word === "None" || word === "NaN" || word === "undefined") {
      return this.#error(`${word} is not JSON.`, "Write true, false or null.");
    }
    return this.#error(
      "A value is expected here.",
      "Write text in double quotes, a number, true, false, null, a list or an object.",
    );
  }

  #word(letter: string): JsonError | undefined {
    return this.#match(NUMBER) || this.#match(WORD) ? undefined : this.#badValue(letter);
  }

  /** Skips a string, unless it is unterminated or contains a character that must be escaped. */
  #string(): JsonError | undefined {
    for (let index = this.#position + 1; index < this.#text.length; index++) {
      const letter = this.#text.charCodeAt(index);
      if (letter === 34) {
        this.#position = index + 1;
        return undefined;
      }
      if (letter < 32) {
        this.#position = index;
        return this.#error("A control character is in a text.", "Write a tab as \\t and a line feed as \\n.");
      }
      if (letter !== 92) continue;
      const sequence = this.#text.slice(index, index + 6);
      if (!ESCAPE.test(sequence)) {
        if (index + sequence.length === this.#text.length && CUT_ESCAPE.test(sequence))
          return this.#truncated();
        this.#position = index;
        return this.#error("This backslash begins no escape sequence of JSON.", "Write a backslash as \\\\.");
      }
      index++;
    }
    return this.#truncated();
  }

  #atEnd(expected: Expected): JsonError {
    if (this.#open.length === 0 && expected === "value")
      return this.#error("This line is empty.", "Delete the line.");
    return this.#truncated();
  }

  #truncated(): JsonError {
    return {
      column: this.#text.length + 1,
      what: "This line is cut off: its JSON does not end.",
      fix: "Complete the line, or delete it. A case is one line; a line feed inside a text is written \\n.",
    };
  }

  #error(what: string, fix: string): JsonError {
    return { column: this.#position + 1, what, fix };
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#position;
    if (!pattern.test(this.#text)) return false;
    this.#position = pattern.lastIndex;
    return true;
  }
}
