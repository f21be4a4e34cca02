import { membersIn } from "../domain/found-documents.ts";
import type { Json } from "../domain/json.ts";
import type { Message, Role, ToolCall } from "../domain/message.ts";
import { ROLES } from "../domain/message.ts";
import { plainText, toolValue } from "../domain/tool-text.ts";

type Members = Readonly<Record<string, unknown>>;

const textIn = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const ROLE_WORDS: Readonly<Record<string, Role>> = {
  human: "user",
  ai: "assistant",
  model: "assistant",
  bot: "assistant",
  function: "tool",
};

/** Converts a producer's word for a role to the role's name in evals; undefined for an unknown word. */
export function roleOf(value: unknown): Role | undefined {
  const word = String(value ?? "").toLowerCase();
  return (ROLES as readonly string[]).includes(word) ? (word as Role) : ROLE_WORDS[word];
}

/** Parses a value that can be JSON text; any other value is returned unchanged. */
export function parsedValue(value: unknown): Json {
  return toolValue(value);
}

function callOf(value: unknown): ToolCall | undefined {
  const call = membersIn(value);
  const named = { ...call, ...membersIn(call.function) };
  const name = textIn(named.name) ?? textIn(call.toolName);
  if (name === undefined) return undefined;
  const id = textIn(call.id) ?? textIn(call.toolCallId) ?? textIn(call.call_id) ?? textIn(call.tool_call_id);
  const asked = named.arguments ?? named.input ?? named.args ?? {};
  return { ...(id !== undefined && { id }), name, arguments: parsedValue(asked) };
}

/** Tool calls from a list that may be JSON text. */
export function callsOf(value: unknown): readonly ToolCall[] {
  const list = parsedValue(value ?? null);
  return Array.isArray(list) ? list.flatMap((one) => callOf(one) ?? []) : [];
}

const CALL_PART = /^(?:tool_call|tool-call|tool_use|server_tool_call|function_call)$/;
const RESULT_PART = /^(?:tool_call_response|tool-result|tool_result|server_tool_call_response)$/;
const TEXT_PART = /^(?:text|output_text|input_text)$/;

/** The parts of a message by kind: texts, tool calls, tool results, and all other parts. */
interface Parts {
  readonly texts: string[];
  readonly calls: ToolCall[];
  readonly results: { readonly id: string | undefined; readonly content: Json; readonly failed: boolean }[];
  readonly others: Json[];
}

function readPart(value: unknown, into: Parts): void {
  if (typeof value === "string") {
    into.texts.push(value);
    return;
  }
  const part = membersIn(value);
  const type = String(part.type ?? "text");
  const text = textIn(part.content) ?? textIn(part.text);
  if (TEXT_PART.test(type) && text !== undefined) into.texts.push(text);
  else if (CALL_PART.test(type)) {
    const call = callOf(part);
    if (call !== undefined) into.calls.push(call);
  } else if (RESULT_PART.test(type)) {
    const content = part.response ?? part.result ?? resultOutput(part.output) ?? part.content ?? null;
    into.results.push({
      id: textIn(part.id) ?? textIn(part.toolCallId) ?? textIn(part.tool_use_id),
      content: parsedValue(content),
      failed:
        part.is_error === true ||
        part.isError === true ||
        /^error-/.test(String(membersIn(part.output).type)),
    });
  } else if (Object.keys(part).length > 0) into.others.push(parsedValue(part));
}

/** The value in a tool result of the form `{type: "json" | "text", value}`; any other result is returned unchanged. */
function resultOutput(output: unknown): unknown {
  const { type, value } = membersIn(output);
  return type !== undefined && value !== undefined ? value : output;
}

const asContent = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

/** The messages built from the parts of one message; each tool result becomes a message of its own. */
function messagesOfParts(role: Role, values: readonly unknown[], message: Members): readonly Message[] {
  const parts: Parts = { texts: [], calls: [], results: [], others: [] };
  for (const value of values) readPart(value, parts);
  const results = parts.results.map(
    ({ id, content, failed }): Message => ({
      role: "tool",
      content: failed ? JSON.stringify({ error: asContent(content) }) : asContent(content),
      ...(id !== undefined && { tool_call_id: id }),
    }),
  );
  const calls = [...parts.calls, ...callsOf(message.tool_calls)];
  if (parts.texts.length + calls.length + parts.others.length === 0) return results;
  const text = parts.texts.join("");
  const content =
    parts.others.length > 0
      ? [...parts.texts.map((one) => ({ type: "text", text: one })), ...parts.others]
      : parts.texts.length === 0
        ? null
        : text;
  return [{ role, content, ...(calls.length > 0 && { tool_calls: calls }) }, ...results];
}

/** Reads one message in any producer's format; empty for a value that is not a message. */
export function messagesOfOne(value: unknown, role = roleOf(membersIn(value).role)): readonly Message[] {
  const message = membersIn(value);
  if (role === undefined) return [];
  const content = message.parts ?? message.contents ?? message.content ?? null;
  const id = textIn(message.tool_call_id) ?? (role === "tool" ? textIn(message.id) : undefined);
  if (role === "tool" && id !== undefined) return [{ role, content: resultText(content), tool_call_id: id }];
  const parsed = typeof content === "string" && content.startsWith("[{") ? parsedValue(content) : content;
  if (role === "tool" && !isListOf(parsed, RESULT_PART)) return [{ role, content: resultText(content) }];
  if (Array.isArray(parsed)) return messagesOfParts(role, parsed, message);
  if (typeof content === "string" || content === null) {
    const calls = callsOf(message.tool_calls);
    if (content === null && calls.length === 0) return [];
    return [
      {
        role,
        content: content === "" && calls.length > 0 ? null : content,
        ...(calls.length > 0 && { tool_calls: calls }),
      },
    ];
  }
  return messagesOfParts(role, [content], message);
}

/** Whether a value is a list that contains a part of this type. */
const isListOf = (value: unknown, type: RegExp): boolean =>
  Array.isArray(value) && value.some((part) => type.test(String(membersIn(part).type)));

/** The text of a tool message; for a list of only text parts, their joined text. */
function resultText(content: unknown): string {
  if (typeof content === "string") {
    const parts = content.startsWith("[{") ? parsedValue(content) : undefined;
    return isListOf(parts, TEXT_PART) ? resultText(parts) : content;
  }
  if (!Array.isArray(content)) return JSON.stringify(parsedValue(content ?? null));
  const text = plainText(content);
  if (text !== undefined) return text;
  const parts: Parts = { texts: [], calls: [], results: [], others: [] };
  for (const part of content) readPart(part, parts);
  return parts.results[0] === undefined
    ? JSON.stringify(parsedValue(content))
    : asContent(parts.results[0].content);
}

/**
 * Reads messages from a list, from an object with `messages` and `system`, or from JSON text of either. Plain text
 * becomes one message with the role `bareRole`.
 */
export function messagesOfList(value: unknown, bareRole: Role): readonly Message[] {
  const read = parsedValue(value ?? null);
  if (read === null) return [];
  if (typeof read === "string") return read === "" ? [] : [{ role: bareRole, content: read }];
  if (Array.isArray(read))
    return read.flatMap((one) => messagesOfOne(one, roleOf(membersIn(one).role) ?? bareRole));
  const { messages, system, prompt, choices, message } = membersIn(read);
  const before = typeof system === "string" ? [{ role: "system" as const, content: system }] : [];
  if (Array.isArray(choices))
    return choices.flatMap((one) => messagesOfList(membersIn(one).message ?? one, bareRole));
  if (message !== undefined) return messagesOfList(message, bareRole);
  if (messages !== undefined || prompt !== undefined)
    return [...before, ...messagesOfList(messages ?? prompt, bareRole)];
  return messagesOfOne(read, roleOf(membersIn(read).role) ?? bareRole);
}
