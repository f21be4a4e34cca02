import type { Json } from "./json.ts";

/** One call of a tool, as a model asked for it. */
export interface ToolCall {
  readonly id?: string | undefined;
  readonly name: string;
  /** Parsed when the model wrote valid JSON, else its text. */
  readonly arguments: Json;
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
