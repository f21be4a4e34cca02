import type { Json } from "./json.ts";

/** One call of a tool, as a model asked for it, and what is known of how it went. */
export interface ToolCall {
  readonly id?: string | undefined;
  readonly name: string;
  /** Parsed when the model wrote valid JSON, else its text. */
  readonly arguments: Json;
  /** The model call that asked for it, from 1; absent when unknown. */
  readonly step?: number | undefined;
  /** What it gave back; absent when unknown or when it failed. */
  readonly result?: Json | undefined;
  /** Why it failed; absent or null when it did not, or when nobody knows. */
  readonly error?: string | null | undefined;
  /** Milliseconds; absent or null when it was not measured. */
  readonly latency_ms?: number | null | undefined;
  /** Its tool only reads: it changes nothing. Absent when it may write, or when nobody knows. */
  readonly reads?: boolean | undefined;
}

export const ROLES = ["system", "developer", "user", "assistant", "tool"] as const;
export type Role = (typeof ROLES)[number];

/** One message of a conversation, in every provider's terms. */
export interface Message {
  readonly role: Role;
  /** Text, or null when an assistant only called tools; an array holds a provider's own content parts. */
  readonly content: string | null | readonly Json[];
  readonly name?: string | undefined;
  readonly tool_calls?: readonly ToolCall[] | undefined;
  readonly tool_call_id?: string | undefined;
}
