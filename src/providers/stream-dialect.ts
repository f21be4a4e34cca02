import { parseExactJson } from "../domain/exact-json.ts";
import { isDeeperThan, MAX_NESTED } from "../domain/json-depth.ts";
import { isStated } from "../domain/stated-error.ts";
import { membersOf } from "./chat-shapes.ts";
import type { Piece } from "./stream-pieces.ts";

export type Members = Readonly<Record<string, unknown>>;

/** What a stream amounts to once it has ended. */
export type Joined =
  /** The reply as the same service would have given it in one piece. */
  | { readonly kind: "body"; readonly body: unknown }
  /** It says that it failed. */
  | { readonly kind: "error"; readonly body: unknown }
  /** It is no such stream, or it ended before its end; the words complete "the reply of … …". */
  | { readonly kind: "broken"; readonly what: string };

/** Puts the pieces of one reply together. */
export interface StreamJoiner {
  piece(piece: Piece): void;
  /** Some of the answer is here. */
  readonly started: boolean;
  /** Nothing more of it will come, whether or not the connection stays open. */
  readonly done: boolean;
  end(): Joined;
}

/** What a joiner of JSON pieces does with each of them. */
export interface JsonDialect {
  /** One piece that is no error. @returns whether it is the last one */
  take(members: Members, event: string | undefined): boolean;
  readonly started: boolean;
  /** The whole reply; undefined while its end has not come. */
  body(): unknown;
}

/** Whether a piece says that the stream failed. */
function isError(members: Members, event: string | undefined): boolean {
  return event === "error" || members.type === "error" || isStated(members.error);
}

/** A joiner over pieces that are each a JSON object. `[DONE]` ends the stream. */
export function joinJson(dialect: JsonDialect): StreamJoiner {
  let ended: Joined | undefined;
  let done = false;
  return {
    get started() {
      return dialect.started;
    },
    get done() {
      return done;
    },
    piece({ data, event }) {
      if (done) return;
      if (data.trim() === "[DONE]") {
        done = true;
        return;
      }
      const value = pieceValue(data);
      const members = membersOf(value);
      if (members === undefined)
        ended = { kind: "broken", what: `holds a piece that is no JSON object: ${data.slice(0, 80)}` };
      else if (isError(members, event)) ended = { kind: "error", body: withError(members) };
      done = ended !== undefined || (members !== undefined && dialect.take(members, event));
    },
    end() {
      if (ended !== undefined) return ended;
      const body = dialect.body();
      return body === undefined
        ? { kind: "broken", what: "broke off before its end" }
        : { kind: "body", body };
    },
  };
}

/** Undefined for data that is no JSON, or nested without end. */
export function pieceValue(data: string): unknown {
  if (isDeeperThan(data, MAX_NESTED)) return undefined;
  try {
    return parseExactJson(data);
  } catch {
    return undefined;
  }
}

/** The data of an event that is called `error` may hold its words alone. */
function withError(members: Members): Members {
  return isStated(members.error) || members.type === "error" ? members : { error: members };
}
