import { exactJsonText } from "../domain/exact-json.ts";
import { TookTooLong } from "../domain/time-limit.ts";
import { USAGE_FIELDS } from "../domain/transcript.ts";
import { isBareError } from "./bare-error.ts";
import { membersOf } from "./chat-shapes.ts";
import type { ReplyPaths } from "./http-reply.ts";
import type { JsonGetter } from "./json-path.ts";
import { type Joined, pieceValue, type StreamJoiner, statesError } from "./stream-dialect.ts";
import type { Piece } from "./stream-pieces.ts";

/** Applies the paths to every piece of a reply, and keeps the last value that each path has found. */
class LastFound {
  readonly #getters: readonly (readonly [name: string, getter: JsonGetter])[];
  readonly #found = new Map<string, unknown>();

  constructor({ usage, messages, tool_calls, cost_usd }: ReplyPaths) {
    const all = { ...usage, messages, tool_calls, cost_usd };
    this.#getters = Object.entries(all).flatMap(([name, getter]) =>
      getter === undefined ? [] : [[name, getter]],
    );
  }

  look(value: unknown): void {
    for (const [name, getter] of this.#getters) {
      const found = getter(value);
      if (found !== undefined && found !== null) this.#found.set(name, found);
    }
  }

  /** Paths that return the collected values, whatever body they are given. */
  paths(text: string, { readsJson, readsPaid, readTrace }: ReplyPaths): ReplyPaths {
    const found = (name: string) => () => this.#found.get(name);
    const usage = Object.fromEntries(USAGE_FIELDS.map((field) => [field, found(field)]));
    return {
      ...{ readsJson, readsPaid, readTrace, usage, answer: () => text, aroundAnswer: () => [] },
      ...{ messages: found("messages"), tool_calls: found("tool_calls"), cost_usd: found("cost_usd") },
    };
  }
}

/** A joined text, and the paths that return the other collected values. */
export interface JoinedText {
  readonly text: string;
  readonly paths: ReplyPaths;
}

/**
 * Joins text pieces: event data, JSON strings as lines, or the values found by the answer path. A `[DONE]` event ends
 * the stream.
 */
export class TextJoiner implements StreamJoiner {
  readonly #paths: ReplyPaths;
  readonly #framing: () => string | undefined;
  readonly #beside: LastFound;
  #text = "";
  #found = false;
  #ended: Joined | undefined;
  done = false;

  constructor(paths: ReplyPaths, framing: () => string | undefined) {
    this.#paths = paths;
    this.#framing = framing;
    this.#beside = new LastFound(paths);
  }

  get started(): boolean {
    return this.#text !== "";
  }

  piece(piece: Piece): void {
    if (this.done) return;
    const framing = this.#framing();
    if (framing === "events" && piece.data.trim() === "[DONE]") this.done = true;
    else if (piece.event === "error") this.#fail({ kind: "error", body: errorOf(piece.data) });
    else if (framing === "text" && !this.#paths.readsJson) this.#add(piece.data);
    else this.#valueInTime(piece.data, framing === "events");
  }

  #valueInTime(data: string, plain: boolean): void {
    try {
      this.#value(data, plain);
    } catch (error) {
      if (!(error instanceof TookTooLong)) throw error;
      this.#fail({ kind: "broken", what: `cannot be read: ${error.message}` });
    }
  }

  #fail(ended: Joined): void {
    this.#ended = ended;
    this.done = true;
  }

  #add(text: string): void {
    this.#text += text;
    this.#found = true;
  }

  #value(data: string, plain: boolean): void {
    const asked = this.#paths.readsJson;
    const value = asked || !plain || data.startsWith("{") ? pieceValue(data) : undefined;
    const members = membersOf(value);
    if (members !== undefined && (isBareError(members) || (asked && statesError(members))))
      this.#fail({ kind: "error", body: members });
    else if (this.#paths.answer === undefined) this.#whole(data, value, plain);
    else if (value === undefined)
      this.#fail({ kind: "broken", what: `has a piece that is not JSON: ${data.slice(0, 80)}` });
    else this.#part(this.#paths.answer(value));
    if (value !== undefined) this.#beside.look(value);
  }

  /** Takes a piece that is entirely text. */
  #whole(data: string, value: unknown, plain: boolean): void {
    if (plain) this.#add(data);
    else if (typeof value === "string") this.#add(value);
    else
      this.#fail({
        kind: "broken",
        what: `has a line that is not a text (${data.slice(0, 80)}): the setting \`answer\` must say where in the line the text is`,
      });
  }

  /** Takes the value that the answer path found in a piece; many pieces have none. */
  #part(found: unknown): void {
    if (found === undefined || found === null) return;
    this.#add(typeof found === "string" ? found : exactJsonText(found));
  }

  end(): Joined {
    return this.#ended ?? { kind: "body", body: null };
  }

  /** The joined text; undefined when no piece contained part of the answer. */
  joined(): JoinedText | undefined {
    return this.#found ? { text: this.#text, paths: this.#beside.paths(this.#text, this.#paths) } : undefined;
  }
}

function errorOf(data: string): unknown {
  const value = pieceValue(data);
  const members = membersOf(value);
  return members !== undefined && members.error != null ? members : { error: members ?? data };
}
