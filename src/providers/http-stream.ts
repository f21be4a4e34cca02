import { exactJsonText } from "../domain/exact-json.ts";
import type { Reply } from "../domain/provider.ts";
import { TookTooLong } from "../domain/time-limit.ts";
import { readMessage } from "./anthropic-messages.ts";
import { anthropicStream } from "./anthropic-stream.ts";
import { readChatBody } from "./chat-client.ts";
import { malformedReply } from "./failed-reply.ts";
import {
  besideAnswer,
  paidIn,
  type Received,
  type ReplyPaths,
  type ReplySettings,
  readInTime,
} from "./http-reply.ts";
import type { StreamDialect } from "./http-settings.ts";
import { UnreadableReply } from "./network-failure.ts";
import { readResponse } from "./openai-responses.ts";
import { openaiStream } from "./openai-stream.ts";
import { statedFailure } from "./stated-failure.ts";
import type { Joined, StreamJoiner } from "./stream-dialect.ts";
import { PieceReader } from "./stream-pieces.ts";
import { TextJoiner } from "./text-stream.ts";

interface StreamSettings {
  readonly dialect: StreamDialect;
  readonly paths: ReplyPaths;
  readonly settings: ReplySettings;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/**
 * A function that creates the parser of one streamed reply. It must be called when the request is sent, because the
 * parser measures from then on when the first token arrives.
 */
export function streamReader(
  dialect: StreamDialect,
  paths: ReplyPaths,
  settings: ReplySettings,
): () => StreamedReply {
  const stream = { dialect, paths, settings, now: () => performance.now() };
  return () => new StreamedReply(stream);
}

type ReceivedFrom = Omit<Received, "text">;

/** The parser for the joined body of a stream, by chat API. */
const WORDINGS = { openai: readResponse, anthropic: readMessage } as const;

/** One streamed reply, from its first byte to the final result. */
export class StreamedReply {
  readonly #stream: StreamSettings;
  readonly #started: number;
  readonly #text: TextJoiner | undefined;
  readonly #joiner: StreamJoiner;
  #reader: PieceReader | undefined;
  #first: number | undefined;

  constructor(stream: StreamSettings) {
    this.#stream = stream;
    this.#started = stream.now();
    const { dialect, paths } = stream;
    this.#text = dialect === "text" ? new TextJoiner(paths, () => this.#reader?.framing) : undefined;
    this.#joiner = this.#text ?? (dialect === "openai" ? openaiStream() : anthropicStream());
  }

  #readerFor(contentType: string): PieceReader {
    this.#reader ??= new PieceReader({
      contentType,
      json: this.#stream.dialect !== "text" || this.#stream.paths.readsJson,
      onPiece: (piece) => this.#joiner.piece(piece),
    });
    return this.#reader;
  }

  /**
   * Adds the next bytes.
   *
   * @returns whether the reply is complete
   * @throws {UnreadableReply} for bytes that are not UTF-8
   */
  bytes(bytes: Uint8Array, contentType: string): boolean {
    this.#readerFor(contentType).bytes(bytes);
    if (this.#joiner.started) this.#first ??= this.#stream.now();
    return this.#joiner.done;
  }

  /** Takes a reply that did not arrive as a stream. The time of its first token stays unknown. */
  whole(text: string, contentType: string): void {
    this.#readerFor(contentType).text(text);
  }

  /** Returns the result once the whole reply has arrived. */
  finish(received: ReceivedFrom, removeSecrets: (text: string) => string): Reply {
    try {
      if (!this.#joiner.done) this.#readerFor(received.contentType).end();
    } catch (error) {
      if (!(error instanceof UnreadableReply)) throw error;
      return malformedReply(`the stream of ${received.where} ${error.message}`);
    }
    const reply = this.#read(this.#joiner.end(), received, removeSecrets);
    if (reply.kind === "failed" || this.#first === undefined) return reply;
    const first_token_ms = Math.round((this.#first - this.#started) * 10) / 10;
    return { ...reply, trajectory: { ...reply.trajectory, first_token_ms } };
  }

  #read(joined: Joined, received: ReceivedFrom, removeSecrets: (text: string) => string): Reply {
    const { where, redact } = received;
    switch (joined.kind) {
      case "broken":
        return malformedReply(redact(`the stream of ${where} ${joined.what}`));
      case "error": {
        const raw = removeSecrets(exactJsonText(joined.body));
        return (
          statedFailure(joined.body, { raw, where, redact }) ??
          malformedReply(redact(`the stream of ${where} says that it failed: ${raw}`))
        );
      }
      case "body":
        return this.#text === undefined
          ? this.#body({ ...received, text: removeSecrets(exactJsonText(joined.body)) })
          : this.#joinedText(this.#text, received, removeSecrets);
      default:
        return joined satisfies never;
    }
  }

  /**
   * Parses the joined body like a reply that the API sends without streaming, unless an answer path is configured.
   */
  #body(received: Received): Reply {
    const { dialect, paths, settings } = this.#stream;
    if (dialect === "text" || paths.answer !== undefined) return readInTime(received, paths, settings);
    const { text, where, redact } = received;
    const reply = readChatBody(text, received.contentType, WORDINGS[dialect], {
      where,
      address: where,
      redact,
    });
    if (reply.kind === "failed" || !paths.readsJson) return reply;
    return this.#inTime(() => {
      const body: unknown = JSON.parse(text);
      const beside = besideAnswer(body, paths, settings);
      if (typeof beside === "string") return malformedReply(beside);
      const { messages, tool_calls = reply.tool_calls } = beside;
      return { ...reply, messages, tool_calls, ...paidIn(body, paths) };
    });
  }

  #joinedText(joiner: TextJoiner, received: ReceivedFrom, removeSecrets: (text: string) => string): Reply {
    const { settings } = this.#stream;
    const joined = joiner.joined();
    if (joined === undefined) {
      const what =
        settings.answer === undefined ? "is empty" : `has nothing at ${settings.answer} in any of its pieces`;
      return malformedReply(`the stream of ${received.where} ${what}`);
    }
    const text = removeSecrets(joined.text);
    const reply = readInTime({ ...received, text: "{}" }, { ...joined.paths, answer: () => text }, settings);
    return reply.kind === "failed" ? reply : { ...reply, raw: undefined };
  }

  #inTime(read: () => Reply): Reply {
    try {
      return read();
    } catch (error) {
      if (error instanceof TookTooLong) return malformedReply(`${error.message} on the reply`);
      throw error;
    }
  }
}
