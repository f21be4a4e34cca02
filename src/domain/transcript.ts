import * as z from "zod";
import type { Message, ToolCall } from "./message.ts";

/** Tokens of one trial; null where the provider did not say, never 0 for unknown. */
export const Usage = z.strictObject({
  input_tokens: z.number().int().min(0).nullable().default(null),
  output_tokens: z.number().int().min(0).nullable().default(null),
});
export interface Usage {
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
}

export const UNKNOWN_USAGE: Usage = { input_tokens: null, output_tokens: null };

/** All that one answered trial said and cost. */
export interface Transcript {
  /** The answer's text; an answer that was not text is its JSON. */
  readonly output: string;
  /** What came back beyond the answer: an agent's whole conversation; empty for a plain completion. */
  readonly messages: readonly Message[];
  readonly tool_calls: readonly ToolCall[];
  readonly usage: Usage;
  /** From sending to the last byte of the attempt that answered; null when it was not measured. */
  readonly latency_ms: number | null;
  /** US dollars; null when no price is known. */
  readonly cost_usd: number | null;
  /** The model that the provider says answered; null when it does not say. */
  readonly model: string | null;
  readonly finish_reason: string | null;
  /** The provider's own refusal message, when it has a field for that. */
  readonly refusal: string | null;
  /** Alias of the model that answered in place of the one that was asked; absent when none did. */
  readonly fallback?: string | undefined;
}
