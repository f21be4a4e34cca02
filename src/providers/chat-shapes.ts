import type { Json } from "../domain/json.ts";
import { type Message, ROLES, type Role, type ToolCall } from "../domain/message.ts";

/** A parsed value whose members may be looked at; undefined for anything but an object. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** Arguments of a tool call as a model wrote them: parsed when they are JSON, else the text itself. */
export function argumentsOf(written: unknown): Json {
  if (typeof written !== "string") return (written ?? {}) as Json;
  try {
    return JSON.parse(written) as Json;
  } catch {
    return written;
  }
}

/** Arguments as the text that chat APIs want back. */
export function argumentsText(call: ToolCall): string {
  return typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments);
}

/** One tool call, flat (`{id, name, arguments}`) or in OpenAI's nested shape; undefined when it is neither. */
function toolCallOf(value: unknown): ToolCall | undefined {
  const call = membersOf(value);
  const named = membersOf(call?.function) ?? membersOf(call?.custom) ?? call;
  if (typeof named?.name !== "string") return undefined;
  const written = named.arguments ?? named.input ?? named.args;
  return {
    ...(typeof call?.id === "string" && { id: call.id }),
    name: named.name,
    arguments: argumentsOf(written),
  };
}

/** A list of tool calls in either shape; undefined when the value is not such a list. */
export function toolCallsOf(value: unknown): readonly ToolCall[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const calls = value.map(toolCallOf);
  return calls.includes(undefined) ? undefined : (calls as ToolCall[]);
}

function messageOf(value: unknown): Message | undefined {
  const message = membersOf(value);
  const content = message?.content ?? null;
  if (message === undefined || !(ROLES as readonly unknown[]).includes(message.role)) return undefined;
  if (content !== null && typeof content !== "string" && !Array.isArray(content)) return undefined;
  const calls = message.tool_calls == null ? undefined : toolCallsOf(message.tool_calls);
  if (message.tool_calls != null && calls === undefined) return undefined;
  return {
    role: message.role as Role,
    content: content as Message["content"],
    ...(typeof message.name === "string" && { name: message.name }),
    ...(calls !== undefined && { tool_calls: calls }),
    ...(typeof message.tool_call_id === "string" && { tool_call_id: message.tool_call_id }),
  };
}

/** A conversation as OpenAI's chat API writes it; undefined when the value is not one. */
export function messagesOf(value: unknown): readonly Message[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const messages = value.map(messageOf);
  return messages.includes(undefined) ? undefined : (messages as Message[]);
}

/** A count of tokens, or null when the value is not one (no server counts beyond 2^53): unknown, never 0. */
export function countOf(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}

/** The text of a message's content: itself, or the text parts of an array, joined. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => String(membersOf(part)?.text ?? "")).join("");
}
