import type { Json } from "./json.ts";

/** A retrieved document. */
export interface FoundDocument {
  readonly id: string;
  /** Null when it was not reported. */
  readonly text: string | null;
  /** Relevance on the retriever's own scale; null when it was not reported. */
  readonly score: number | null;
}

/** One search for documents. */
export interface Retrieval {
  /** Number of the model call that made the search, from 1; null when unknown. */
  readonly step: number | null;
  /** The query; null when it was not reported. */
  readonly query: string | null;
  /** Best first. */
  readonly documents: readonly FoundDocument[];
}

/** Limits that may stop a target before it is done. */
export const STOPPED = ["steps", "tool_calls", "same_call", "tokens", "usd", "time"] as const;
export type Stopped = (typeof STOPPED)[number];

/**
 * The parts of a trajectory that a target reports besides messages and tool calls. Members that it does not report
 * are absent. A single model call has no trajectory.
 */
export interface Trajectory {
  /** The searches that the target lists itself. Searches that are only in the messages are not repeated here. */
  readonly retrievals?: readonly Retrieval[] | undefined;
  /** Final state of the target's environment. */
  readonly state?: Json | undefined;
  /** Number of user messages. */
  readonly turns?: number | undefined;
  /** Number of model calls. */
  readonly steps?: number | undefined;
  /** The limit that stopped the target before it was done; absent when no limit stopped it. */
  readonly stopped?: Stopped | undefined;
  /** Names of the agents involved in a trace, in order of appearance. */
  readonly agents?: readonly string[] | undefined;
  /** Parts of the conversation in a trace or file that could not be interpreted, as messages for the user. */
  readonly unread?: readonly string[] | undefined;
  /** Names of the target's tools that are known to only read. */
  readonly reads?: readonly string[] | undefined;
  /** For a streamed answer: milliseconds from sending to the first part of the answer. */
  readonly first_token_ms?: number | undefined;
}
