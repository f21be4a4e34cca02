import { parseExactJson } from "../domain/exact-json.ts";
import { isDeeperThan, MAX_NESTED } from "../domain/json-depth.ts";
import { failureMember, OUTCOME_NAMES } from "../domain/stated-error.ts";
import { membersOf } from "./chat-shapes.ts";
import type { Piece } from "./stream-pieces.ts";

export type Members = Readonly<Record<string, unknown>>;

/** The result of a stream that has ended. */
export type Joined =
  /** The reply in the format that the service would use without streaming. */
  | { readonly kind: "body"; readonly body: unknown }
  /** The stream reported an error. */
  | { readonly kind: "error"; readonly body: unknown }
  /**
   * Not a valid stream, or ended too early. `what` completes a sentence that begins with "the stream of
   * <host>".
   */
  | { readonly kind: "broken"; readonly what: string };

/** Joins the pieces of one reply. */
export interface StreamJoiner {
  piece(piece: Piece): void;
  /** Whether part of the answer has arrived. */
  readonly started: boolean;
  /** Whether the reply is complete, even if the connection stays open. */
  readonly done: boolean;
  end(): Joined;
}

/** How a joiner handles JSON pieces. */
export interface JsonDialect {
  /** Takes the next piece, which is not an error. @returns whether it is the last piece */
  take(members: Members, event: string | undefined): boolean;
  readonly started: boolean;
  /** The whole reply; undefined until its end has arrived. */
  body(): unknown;
}

/** Whether a piece has an error in words. Its `status` may be that of the answer. */
export const statesError = (members: Members): boolean => failureMember(members, OUTCOME_NAMES) !== undefined;

/** Whether a piece reports an error of the stream. */
function isError(members: Members, event: string | undefined): boolean {
  return event === "error" || members.type === "error" || statesError(members);
}

/** A joiner for pieces that are JSON objects. `[DONE]` ends the stream. */
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
        ended = { kind: "broken", what: `has a piece that is not a JSON object: ${data.slice(0, 80)}` };
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

/** The parsed JSON; undefined for invalid or too deeply nested JSON. */
export function pieceValue(data: string): unknown {
  if (isDeeperThan(data, MAX_NESTED)) return undefined;
  try {
    return parseExactJson(data);
  } catch {
    return undefined;
  }
}

/**
 * Puts the data of an `error` event into a member `error`, unless the data already show that they are an error.
 */
function withError(members: Members): Members {
  return statesError(members) || members.type === "error" ? members : { error: members };
}
