import type { Json } from "./json.ts";

/** A document that was found for a question. */
export interface FoundDocument {
  readonly id: string;
  /** Null when it was not reported. */
  readonly text: string | null;
  /** How well it fits, in the finder's own measure; null when it was not reported. */
  readonly score: number | null;
}

/** One search for documents. */
export interface Retrieval {
  /** The model call that it belongs to, from 1; null when unknown. */
  readonly step: number | null;
  /** What was searched for; null when it was not reported. */
  readonly query: string | null;
  /** Best first. */
  readonly documents: readonly FoundDocument[];
}

/** The limits that may end a target before it is done. */
export const STOPPED = ["steps", "tool_calls", "same_call", "tokens", "usd", "time"] as const;
export type Stopped = (typeof STOPPED)[number];

/**
 * What a target reports of its way to an answer and neither its messages nor its tool calls hold. A member that it does not report is
 * absent. A single model call has none of it.
 */
export interface Trajectory {
  /** Those that its messages hold are not repeated here, unless it lists them itself. */
  readonly retrievals?: readonly Retrieval[] | undefined;
  /** What its world looks like afterwards. */
  readonly state?: Json | undefined;
  /** Messages of the person. */
  readonly turns?: number | undefined;
  /** The number of calls of a model. */
  readonly steps?: number | undefined;
  /** The limit that ended it. */
  readonly stopped?: Stopped | undefined;
  /** Names of the agents that were at work, as a trace names them, the first one first. */
  readonly agents?: readonly string[] | undefined;
  /** What of the conversation, as a trace or a file holds it, was not understood; in words for a person. */
  readonly unread?: readonly string[] | undefined;
  /** Names of its tools that only read, as far as they say so. */
  readonly reads?: readonly string[] | undefined;
  /** Of a streamed answer: milliseconds from sending to the first part of the answer. */
  readonly first_token_ms?: number | undefined;
}
