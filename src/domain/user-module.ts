import type { Case } from "./case.ts";
import type { Json } from "./json.ts";
import type { Message, ToolCall } from "./message.ts";
import type { Retrieval, Stopped } from "./trajectory.ts";
import type { Transcript, Usage } from "./transcript.ts";

/** The second argument of an agent (`provider: module`). */
export interface AgentContext {
  /** Id of the case. */
  readonly case: string;
  /** From 1. */
  readonly trial: number;
  /** The rendered prompt; null for a suite without a prompt. */
  readonly messages: readonly Message[] | null;
  /** The `config:` of the model's entry. */
  readonly config: unknown;
  /** Aborts at the deadline, or when the run is stopped. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An answer and how it was produced; omitted members are unknown. */
export interface AgentAnswer {
  /** Any other value than text is scored as its JSON. */
  readonly output: Json;
  readonly messages?: readonly Message[] | null;
  /** Calls that are listed only in `messages` are read from there, with their results. */
  readonly tool_calls?: readonly ToolCall[] | null;
  readonly retrievals?: readonly Retrieval[] | null;
  /** Final state of the application, for instance its orders or tickets. */
  readonly state?: Json;
  /** Number of user messages. */
  readonly turns?: number | null;
  /** Number of model calls. */
  readonly steps?: number | null;
  /** The limit that stopped the application before it was done; null or omitted when no limit stopped it. */
  readonly stopped?: Stopped | null;
  readonly usage?: { readonly [field in keyof Usage]?: number | null } | null;
  /** Milliseconds. */
  readonly latency_ms?: number | null;
  /** US dollars. */
  readonly cost_usd?: number | null;
  readonly model?: string | null;
  readonly finish_reason?: string | null;
  readonly refusal?: string | null;
}

/** The default export of a module used as a target, called once per trial. An exception makes the trial errored. */
export type Agent = (
  input: Json,
  context: AgentContext,
) => string | AgentAnswer | Promise<string | AgentAnswer>;

/** Everything in an answer, including tool calls with results. Null means not reported. */
export interface ScorerTranscript extends Transcript {
  readonly retrievals: readonly Retrieval[];
  readonly state: Json;
  /** Number of user messages. */
  readonly turns: number | null;
  /** Number of model calls. */
  readonly steps: number | null;
  readonly stopped: Stopped | null;
}

/** The argument of a scorer of type `module`. */
export interface ScorerInput {
  readonly case: Case;
  /** The selected part of the answer: its text, or a JSON value under `select: {json}`. */
  readonly output: Json;
  readonly transcript: ScorerTranscript;
  /** The `config:` of the suite's entry; default `{}`. */
  readonly config: Json;
}

/**
 * A number is the score, in [0, 1], and passes if it reaches the `threshold` of the scorer's entry in the suite. A
 * boolean is a score of 1 or 0.
 */
export type ScorerResult =
  | boolean
  | number
  | { readonly score: number; readonly pass?: boolean; readonly reason?: string };

/** The default export of a module used as a scorer. An exception is a failure to score: never a pass, never a 0. */
export type Scorer = (input: ScorerInput) => ScorerResult | Promise<ScorerResult>;
