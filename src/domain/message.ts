import type { Json } from "./json.ts";

/** A tool call as a model requested it, with what is known about its execution. */
export interface ToolCall {
  readonly id?: string | undefined;
  readonly name: string;
  /** Parsed if the model wrote valid JSON, else the text that it wrote. */
  readonly arguments: Json;
  /** Number of the model call that requested this tool call, from 1; absent when unknown. */
  readonly step?: number | undefined;
  /** The result of the call; absent when unknown, or when the call failed. */
  readonly result?: Json | undefined;
  /** Why the call failed; absent or null when the call succeeded or its result is unknown. */
  readonly error?: string | null | undefined;
  /** Milliseconds; absent or null when it was not measured. */
  readonly latency_ms?: number | null | undefined;
  /** Whether the tool only reads; absent when it may write, or when that is unknown. */
  readonly reads?: boolean | undefined;
}

export const ROLES = ["system", "developer", "user", "assistant", "tool"] as const;
export type Role = (typeof ROLES)[number];

/** One message of a conversation, in a provider-independent form. */
export interface Message {
  readonly role: Role;
  /** Text, or null when an assistant only called tools; an array contains the provider's own content parts. */
  readonly content: string | null | readonly Json[];
  readonly name?: string | undefined;
  readonly tool_calls?: readonly ToolCall[] | undefined;
  readonly tool_call_id?: string | undefined;
}
