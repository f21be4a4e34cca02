import { Utf8Stream } from "../processes/utf8-stream.ts";
import { UnreadableReply } from "./network-failure.ts";

/** One piece of a streamed reply. */
export interface Piece {
  /** The data of an event, a line, or plain text. */
  readonly data: string;
  /** Name of the event; undefined when it has none. */
  readonly event?: string | undefined;
}

/** How the pieces of a reply are separated. */
type Framing = "events" | "lines" | "text";

const EVENTS = /^text\/event-stream\b/i;
const LINES = /^application\/(?:x-)?(?:ndjson|jsonl|jsonlines|json-lines|stream\+json)\b/i;
const EVENT_LINE = /^(?:data|event|id|retry)\s*:|^:/;

/** The framing that the content type shows; undefined when the first line must be checked. */
function framingOf(contentType: string): Framing | undefined {
  if (EVENTS.test(contentType)) return "events";
  return LINES.test(contentType) ? "lines" : undefined;
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** The framing of a reply whose content type does not show it. @param line the first line that is not blank */
function framingOfLine(line: string): Framing {
  if (EVENT_LINE.test(line)) return "events";
  return /^\s*[{["]/.test(line) && isJson(line) ? "lines" : "text";
}

export interface PieceOptions {
  readonly contentType: string;
  /**
   * Whether the pieces are JSON. When true, the first line shows the framing if the content type does not; a reply
   * that is neither events nor lines is one piece. When false, a reply whose content type does not show the framing
   * is passed on as text, as it arrives.
   */
  readonly json: boolean;
  readonly onPiece: (piece: Piece) => void;
}

/**
 * Splits a reply into pieces as it arrives: server-sent events, JSON lines, or text. The result does not depend on
 * how the network splits the reply: a character, line end or event may span several chunks.
 */
export class PieceReader {
  readonly #options: PieceOptions;
  readonly #letters = new Utf8Stream();
  #framing: Framing | undefined;
  /** The start of an incomplete line. */
  #rest: string[] = [];
  #endedWithReturn = false;
  #first = true;
  /** The text so far, until the framing is known; for JSON without framing, until the end of the reply. */
  #before: string[] = [];
  #data: string[] = [];
  #event: string | undefined;

  constructor(options: PieceOptions) {
    this.#options = options;
    this.#framing = framingOf(options.contentType) ?? (options.json ? undefined : "text");
  }

  /** How the pieces are separated; undefined until that is known. */
  get framing(): Framing | undefined {
    return this.#framing;
  }

  /** @throws {UnreadableReply} for bytes that are not UTF-8 */
  bytes(bytes: Uint8Array): void {
    const text = this.#letters.read(bytes);
    if (text === undefined) throw notUtf8();
    this.text(text);
  }

  text(text: string): void {
    const bare = this.#first && text.startsWith("\uFEFF") ? text.slice(1) : text;
    if (text !== "") this.#first = false;
    if (bare === "") return;
    if (this.#framing === "text") this.#plain(bare);
    else this.#lines(bare);
  }

  /** Ends the reply. @throws {UnreadableReply} when the last character is incomplete */
  end(): void {
    if (!this.#letters.endsWhole()) throw notUtf8();
    if (this.#rest.length > 0) this.#line(this.#rest.splice(0).join(""));
    if (this.#framing === "events") this.#dispatch();
    if (this.#before.length > 0) this.#options.onPiece({ data: this.#before.splice(0).join("") });
  }

  /**
   * Handles text without framing. Text that should be JSON is collected, because a JSON value may span several
   * lines.
   */
  #plain(text: string): void {
    if (this.#options.json) this.#before.push(text);
    else this.#options.onPiece({ data: text });
  }

  #lines(text: string): void {
    let from = 0;
    // Skips the line feed of a CRLF that was split between two chunks.
    if (this.#endedWithReturn && text.startsWith("\n")) from = 1;
    this.#endedWithReturn = text.endsWith("\r");
    const ends = /\r\n|\r|\n/g;
    ends.lastIndex = from;
    for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
      this.#rest.push(text.slice(from, end.index));
      this.#line(this.#rest.splice(0).join(""), end[0]);
      from = ends.lastIndex;
      if (this.#framing === "text") {
        if (from < text.length) this.#plain(text.slice(from));
        return;
      }
    }
    if (from < text.length) this.#rest.push(text.slice(from));
  }

  #line(line: string, end = ""): void {
    if (this.#framing === undefined) {
      this.#before.push(line + end);
      if (line.trim() === "") return;
      this.#framing = framingOfLine(line);
      if (this.#framing === "text") return;
      this.#before.length = 0;
    }
    if (this.#framing === "events") this.#field(line);
    else if (line.trim() !== "") this.#options.onPiece({ data: line });
  }

  /** Handles a line of an event: a field, a comment, or the blank line that ends the event. */
  #field(line: string): void {
    if (line === "") {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(":");
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.#data.push(value);
    else if (name === "event") this.#event = value;
  }

  #dispatch(): void {
    const { onPiece } = this.#options;
    const event = this.#event;
    this.#event = undefined;
    if (this.#data.length > 0) onPiece({ data: this.#data.splice(0).join("\n"), event });
  }
}

function notUtf8(): UnreadableReply {
  return new UnreadableReply("holds bytes that are not UTF-8");
}
