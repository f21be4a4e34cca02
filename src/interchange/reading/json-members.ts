/** Bytes with a meaning outside of strings. */
const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
/** Only this many bytes of a member's name are kept, because every wanted name is shorter. */
const LONGEST_NAME = 200;

/** The wanted members of an object, as the JSON text of an object that has only these. */
export interface WantedMembers {
  readonly text: Buffer;
  /** Whether the object was complete, with nothing after it. */
  readonly whole: boolean;
}

/** The error of `wantedMembers` for members that have more bytes than its parameter `most`. */
export class TooLarge extends Error {}

/**
 * Extracts some members of a JSON object from its bytes; the others are skipped, however large they are.
 *
 * @param most maximum number of bytes that the wanted members may have together
 * @returns undefined when the bytes do not start with an object
 * @throws {TooLarge} when the wanted members are larger
 */
export async function wantedMembers(
  chunks: AsyncIterable<Uint8Array>,
  wanted: ReadonlySet<string>,
  most: number,
): Promise<WantedMembers | undefined> {
  const scan = new MemberScan(wanted, most);
  for await (const chunk of chunks) if (!scan.add(chunk)) return undefined;
  return scan.end();
}

class MemberScan {
  readonly #wanted: ReadonlySet<string>;
  readonly #most: number;
  readonly #kept: Buffer[] = [Buffer.from("{")];
  #size = 0;
  #depth = 0;
  #inText = false;
  #escaped = false;
  /** Which part of the outermost object is being read. */
  #in: "before" | "name" | "value" | "after" = "before";
  #name: number[] = [];
  #takes = false;
  #isFirst = true;

  constructor(wanted: ReadonlySet<string>, most: number) {
    this.#wanted = wanted;
    this.#most = most;
  }

  /** @returns whether the bytes so far may be an object */
  add(chunk: Uint8Array): boolean {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      let code = chunk[at] as number;
      if (this.#in === "before") {
        if (code === OPEN_OBJECT) [this.#in, this.#depth] = ["name", 1];
        else if (!isSpace(code) && !isMark(code)) return false;
        continue;
      }
      if (this.#in === "after") {
        if (!isSpace(code)) return false;
        continue;
      }
      if (this.#inText && this.#in === "value" && !this.#escaped) {
        // Fast path: within strings only these two bytes have a meaning.
        while (at < chunk.length && chunk[at] !== QUOTE && chunk[at] !== BACKSLASH) at++;
        if (at === chunk.length) break;
        code = chunk[at] as number;
      }
      const wasIn = this.#in;
      const ended = this.#step(code);
      if (wasIn === "name" && this.#in === "value") from = at + 1;
      if (ended && this.#takes) this.#keep(chunk.subarray(from, at));
    }
    if (this.#in === "value" && this.#takes) this.#keep(chunk.subarray(from));
    return true;
  }

  end(): WantedMembers {
    this.#kept.push(Buffer.from("}"));
    return { text: Buffer.concat(this.#kept), whole: this.#in === "after" };
  }

  /** @returns whether a member's value ends before this byte */
  #step(code: number): boolean {
    if (this.#inText) {
      this.#inside(code);
      return false;
    }
    if (code === QUOTE) {
      this.#inText = true;
      if (this.#in === "name") this.#name = [code];
      return false;
    }
    if (code === OPEN_LIST || code === OPEN_OBJECT) this.#depth++;
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) this.#depth--;
    if (this.#depth === 0) {
      const wasValue = this.#in === "value";
      this.#in = "after";
      return wasValue;
    }
    if (this.#depth > 1) return false;
    if (this.#in === "name" && code === COLON) this.#begin();
    else if (this.#in === "value" && code === COMMA) {
      this.#in = "name";
      return true;
    }
    return false;
  }

  #inside(code: number): void {
    if (this.#in === "name" && this.#name.length < LONGEST_NAME) this.#name.push(code);
    if (this.#escaped) this.#escaped = false;
    else if (code === BACKSLASH) this.#escaped = true;
    else if (code === QUOTE) this.#inText = false;
  }

  #begin(): void {
    this.#in = "value";
    const name = Buffer.from(this.#name).toString("utf8");
    this.#takes = this.#wanted.has(name.slice(1, -1));
    if (!this.#takes) return;
    this.#keep(Buffer.from(`${this.#isFirst ? "" : ","}${name}:`));
    this.#isFirst = false;
  }

  #keep(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#size > this.#most) throw new TooLarge();
    // Copied, because the caller may reuse the chunk.
    this.#kept.push(Buffer.from(bytes));
  }
}

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;
/** Whether a byte belongs to the byte order mark. */
const isMark = (code: number): boolean => code === 0xef || code === 0xbb || code === 0xbf;
