import type { Case } from "./case.ts";
import type { Json } from "./json.ts";
import type { Message, ToolCall } from "./message.ts";
import type { Retrieval, Stopped } from "./trajectory.ts";
import type { Transcript, Usage } from "./transcript.ts";

/** What an agent (`provider: module`) is given beside the case's input. */
export interface AgentContext {
  /** Id of the case. */
  readonly case: string;
  /** From 1. */
  readonly trial: number;
  /** The prompt as rendered; null for a suite without one. */
  readonly messages: readonly Message[] | null;
  /** What the model's entry says under `config:`. */
  readonly config: unknown;
  /** Aborts at the deadline and when the run is stopped. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An answer with what is known of how it came about; what is left out is unknown. */
export interface AgentAnswer {
  /** One that is not text is scored as its JSON. */
  readonly output: Json;
  readonly messages?: readonly Message[] | null;
  /** Those that are only in `messages` are found there, with their results. */
  readonly tool_calls?: readonly ToolCall[] | null;
  readonly retrievals?: readonly Retrieval[] | null;
  /** What the application's world looks like afterwards: its orders, its tickets. */
  readonly state?: Json;
  /** Messages of the person. */
  readonly turns?: number | null;
  /** The calls that the agent made to a model. */
  readonly steps?: number | null;
  /** The limit that ended it before it was done. */
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

/** The default export of a module that is a target: called once a trial. Throwing makes the trial errored. */
export type Agent = (
  input: Json,
  context: AgentContext,
) => string | AgentAnswer | Promise<string | AgentAnswer>;

/** All that an answer said, its tool calls with their results. What nobody reported is null. */
export interface ScorerTranscript extends Transcript {
  readonly retrievals: readonly Retrieval[];
  readonly state: Json;
  /** Messages of the person. */
  readonly turns: number | null;
  /** The calls that the agent made to a model. */
  readonly steps: number | null;
  readonly stopped: Stopped | null;
}

/** What a scorer of type `module` is handed. */
export interface ScorerInput {
  readonly case: Case;
  /** The selected part of the answer: its text, or a JSON value under `select: {json}`. */
  readonly output: Json;
  readonly transcript: ScorerTranscript;
  /** What the suite's entry says under `config:`; `{}` without it. */
  readonly config: Json;
}

/** A number alone is the score, in [0, 1]; it passes by the suite's `threshold`. A boolean is a score of 1 or 0. */
export type ScorerResult =
  | boolean
  | number
  | { readonly score: number; readonly pass?: boolean; readonly reason?: string };

/** The default export of a module that is a scorer. Throwing is a failure to score: never a pass, never a 0. */
export type Scorer = (input: ScorerInput) => ScorerResult | Promise<ScorerResult>;
