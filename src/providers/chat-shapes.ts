import { errorInResult } from "../domain/conversation.ts";
import { exactJsonText, withNumbersAsText } from "../domain/exact-json.ts";
import type { Json } from "../domain/json.ts";
import { type Message, ROLES, type Role, type ToolCall } from "../domain/message.ts";
import { readToolResult, toolValue } from "../domain/tool-text.ts";

/** Returns the value as an object whose members can be read; undefined for anything but an object. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** The arguments of a tool call as the model wrote them; an empty object when there are none. */
export function argumentsOf(written: unknown): Json {
  return toolValue(written ?? {});
}

/** The arguments of a tool call as JSON text, as chat APIs expect them. */
export function argumentsText(call: ToolCall): string {
  return typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments);
}

/**
 * Reads one tool call, flat (`{id, name, arguments}`) or in OpenAI's nested format; undefined for any other
 * value.
 */
function toolCallOf(value: unknown): ToolCall | undefined {
  const call = membersOf(value);
  const named =
    membersOf(call?.function) ??
    membersOf(call?.custom) ??
    (call && { ...call, name: call.name ?? call.toolName });
  if (typeof named?.name !== "string") return undefined;
  const asked = argumentsOf(named.arguments ?? named.input ?? named.args);
  const id = call?.id ?? call?.call_id ?? call?.toolCallId;
  const { name } = named;
  const read: ToolCall = typeof id === "string" ? { id, name, arguments: asked } : { name, arguments: asked };
  return call === undefined ? read : withDetails(read, call);
}

/**
 * Adds to a tool call what a record says about it: step, result, error, latency, whether the tool only reads. A result
 * that states an error counts as an error.
 */
function withDetails(
  read: ToolCall,
  { step, result, error, latency_ms, reads }: Readonly<Record<string, unknown>>,
): ToolCall {
  const onlyReads = reads === true;
  if (result == null && error == null && step == null && latency_ms == null && !onlyReads) return read;
  const given = result == null ? undefined : readToolResult(result);
  const failure =
    errorInResult({ error: withNumbersAsText(error ?? null) }) ??
    given?.error ??
    errorInResult(given?.value ?? null);
  return {
    ...read,
    ...(onlyReads && { reads: true }),
    ...((countOf(step) ?? 0) > 0 && { step: step as number }),
    ...(failure !== undefined ? { error: failure } : given !== undefined && { result: given.value }),
    ...(typeof latency_ms === "number" && { latency_ms }),
  };
}

/** A list of tool calls in any format that `toolCallOf` reads; undefined when the value is not such a list. */
export function toolCallsOf(value: unknown): readonly ToolCall[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const calls = value.map(toolCallOf);
  return calls.includes(undefined) ? undefined : (calls as ToolCall[]);
}

/**
 * The tool calls of a model's reply. A call without a tool name is kept with an empty name. When it has no
 * arguments either, the whole call is kept as its arguments.
 */
export function repliedCalls(value: unknown): readonly ToolCall[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map((one) => {
    const call = membersOf(one);
    const named = membersOf(call?.function) ?? membersOf(call?.custom) ?? call;
    const id = call?.id ?? call?.call_id;
    return (
      toolCallOf(one) ?? {
        ...(typeof id === "string" && { id }),
        name: "",
        arguments: argumentsOf(named?.arguments ?? named?.input ?? one),
      }
    );
  });
}

const TOOL_USE = /(?:^|_)tool_use$|^tool-call$/;

/** The tool calls among the blocks of Anthropic or of the AI SDK, including tools that the provider runs itself. */
export function callsInBlocks(content: unknown): readonly ToolCall[] {
  const blocks = Array.isArray(content) ? content.map(membersOf) : [];
  return repliedCalls(blocks.filter((block) => TOOL_USE.test(String(block?.type))));
}

const CALL_ITEM = /(?:^|_)call$/;

/** The tool calls among the items of the responses API, including tools that the provider runs itself. */
export function callsInItems(items: readonly unknown[]): readonly ToolCall[] {
  const calls = items.map(membersOf).filter((item) => CALL_ITEM.test(String(item?.type)));
  return calls.map((item) => {
    const kind = String(item?.type);
    const id = item?.call_id ?? item?.callId ?? item?.id;
    const own = typeof item?.name === "string" ? item.name : undefined;
    const asked = item?.arguments ?? item?.input ?? item?.action ?? item?.queries ?? item?.code;
    return {
      ...(typeof id === "string" && { id }),
      name:
        own ?? (kind === "function_call" || kind === "custom_tool_call" ? "" : kind.replace(CALL_ITEM, "")),
      arguments: argumentsOf(asked),
    };
  });
}

/** Converts an item of the responses API to a message. Results of a file search are kept. */
function itemMessage(item: Readonly<Record<string, unknown>>): Message | undefined {
  const { type } = item;
  if (typeof type !== "string") return undefined;
  if (CALL_ITEM.test(type)) {
    const content = Array.isArray(item.results) ? [withNumbersAsText(item)] : null;
    return { role: "assistant", content, tool_calls: callsInItems([item]) };
  }
  if (/_call_(?:output|result)$/.test(type)) {
    const id = item.call_id ?? item.callId;
    return {
      role: "tool",
      content: textFrom(item.output) ?? exactJsonText(item.output ?? null),
      ...(typeof id === "string" && { tool_call_id: id }),
    };
  }
  return type === "reasoning" ? { role: "assistant", content: [item as Json] } : undefined;
}

function messageOf(value: unknown): Message | undefined {
  const message = membersOf(value);
  const content = message?.content ?? null;
  if (message === undefined) return undefined;
  // OpenAI's chat API once named the role of a tool's result `function`, when a reply could have only one call.
  const role = message.role === "function" ? "tool" : message.role;
  if (!(ROLES as readonly unknown[]).includes(role)) return itemMessage(message);
  if (content !== null && typeof content !== "string" && !Array.isArray(content)) return undefined;
  const listed = message.tool_calls == null ? undefined : toolCallsOf(message.tool_calls);
  if (message.tool_calls != null && listed === undefined) return undefined;
  const single = message.function_call == null ? [] : repliedCalls(message.function_call);
  const blocks = role === "assistant" && Array.isArray(content) ? callsInBlocks(content) : [];
  const calls = listed ?? (blocks.length > 0 ? blocks : single.length > 0 ? single : undefined);
  const read: { -readonly [K in keyof Message]: Message[K] } = {
    role: role as Role,
    content: withNumbersAsText(content) as Message["content"],
  };
  if (typeof message.name === "string") read.name = message.name;
  if (calls !== undefined) read.tool_calls = calls;
  if (typeof message.tool_call_id === "string") read.tool_call_id = message.tool_call_id;
  return read;
}

const isResultPart = (part: unknown): boolean => membersOf(part)?.type === "tool-result";

/** Reads a tool's result in a message of the AI SDK. The type of its output says whether the tool failed. */
function resultOfPart(part: unknown): Message {
  const { toolCallId: id, output, result, isError } = membersOf(part) ?? {};
  const { type, value, reason } = membersOf(output) ?? {};
  const given = toolValue(type === undefined ? (output ?? result ?? null) : (value ?? reason ?? null));
  const failed = isError === true || /^error-|-denied$/.test(String(type));
  return {
    role: "tool",
    content: failed
      ? JSON.stringify({ error: given ?? String(type) })
      : typeof given === "string"
        ? given
        : JSON.stringify(given),
    ...(typeof id === "string" && { tool_call_id: id }),
  };
}

/**
 * The messages in one message of the AI SDK. The AI SDK puts the results of all tools of a step into one message.
 * When a provider runs a tool itself, the AI SDK puts the tool's result after the call in the assistant's
 * message.
 */
function messagesOfOne(value: unknown): readonly (Message | undefined)[] {
  const content = membersOf(value)?.content;
  const results = Array.isArray(content) ? content.filter(isResultPart) : [];
  if (!Array.isArray(content) || results.length === 0) return [messageOf(value)];
  const others = content.filter((part) => !isResultPart(part));
  const own = others.length === 0 ? [] : [messageOf({ ...membersOf(value), content: others })];
  return [...own, ...results.map(resultOfPart)];
}

/**
 * Reads a conversation in the format of OpenAI's chat API, its responses API, Anthropic, the AI SDK or the OpenAI
 * Agents SDK; undefined for anything else.
 */
export function messagesOf(value: unknown): readonly Message[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const messages = value.flatMap(messagesOfOne);
  return messages.includes(undefined) ? undefined : (messages as Message[]);
}

/** The value if it is a count: a whole number from 0 to 2^53. Else null, because an unknown count is never 0. */
export function countOf(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}

/** The text of a message's content: the string itself, or the joined text parts of an array. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => String(membersOf(part)?.text ?? "")).join("");
}

/** Matches types of content parts that are no text of the answer: reasoning, tool calls and results, refusals. */
const APART = /^(?:thinking|reasoning|redacted_thinking|refusal|compaction)$|tool_use$|tool_result$|_call$/;
const TEXT_PART = /^(?:text|output_text|input_text)$/;

function textOfPart(part: unknown): string | null | undefined {
  if (typeof part === "string") return part;
  const members = membersOf(part);
  if (typeof members?.type === "string" && APART.test(members.type)) return null;
  const isText = members?.type === undefined || TEXT_PART.test(String(members.type));
  const text = membersOf(members?.text)?.value ?? members?.text;
  return isText && typeof text === "string" ? text : undefined;
}

/**
 * The answer text in a content: a string, the joined text parts, or the JSON of any other shape; null when there is
 * none. Nothing that may belong to the answer is dropped.
 */
export function textFrom(content: unknown): string | null {
  if (content === undefined || content === null) return null;
  if (typeof content === "string") return content;
  const parts: readonly unknown[] = Array.isArray(content) ? content : [content];
  const texts = parts.map(textOfPart);
  if (texts.includes(undefined)) return exactJsonText(content);
  const strings = texts.filter((text) => typeof text === "string");
  return strings.length === 0 ? null : strings.join("");
}

/** The text with which the model refuses, from the content's parts; null when it does not refuse. */
export function refusalFrom(content: unknown): string | null {
  const parts = (Array.isArray(content) ? content : [content]).map(membersOf);
  const refusals = parts
    .filter((part) => part?.type === "refusal")
    .map((part) => part?.refusal ?? part?.text);
  const words = refusals.filter((one) => typeof one === "string" && one !== "");
  return refusals.length === 0 ? null : words.join("\n") || "refused";
}
