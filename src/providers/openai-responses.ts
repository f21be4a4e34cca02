import type { Json } from "../domain/json.ts";
import type { Message, ToolCall } from "../domain/message.ts";
import type { Reply } from "../domain/provider.ts";
import type { ChatWording } from "./chat-client.ts";
import { argumentsOf, argumentsText, membersOf, textOf } from "./chat-shapes.ts";
import { failureOfStatus, malformedReply } from "./failed-reply.ts";
import { readCompletion } from "./openai-chat.ts";

/** A message and its tool calls are separate items here. */
function inputItems(message: Message): readonly Json[] {
  if (message.role === "tool") {
    return [
      {
        type: "function_call_output",
        call_id: message.tool_call_id ?? "call_1",
        output: textOf(message.content),
      },
    ];
  }
  const calls = (message.tool_calls ?? []).map((call, index) => ({
    type: "function_call",
    call_id: call.id ?? `call_${index + 1}`,
    name: call.name,
    arguments: argumentsText(call),
  }));
  return message.content === null ? calls : [{ role: message.role, content: message.content }, ...calls];
}

function partsOf(item: Readonly<Record<string, unknown>>, type: string, member: string): readonly string[] {
  const content = Array.isArray(item.content) ? item.content.map(membersOf) : [];
  return content.filter((part) => part?.type === type).map((part) => String(part?.[member] ?? ""));
}

function callOf(item: Readonly<Record<string, unknown>>): ToolCall {
  return {
    id: String(item.call_id ?? item.id),
    name: String(item.name),
    arguments: argumentsOf(item.arguments ?? item.input),
  };
}

/** `max_output_tokens` and `content_filter` are told apart from an answer that simply ended. */
function finishReason(response: Readonly<Record<string, unknown>>): string | null {
  const reason = membersOf(response.incomplete_details)?.reason ?? response.status;
  return typeof reason === "string" ? reason : null;
}

function failedResponse(response: Readonly<Record<string, unknown>>, raw: string): Reply {
  const status = membersOf(response.error)?.code === "rate_limit_exceeded" ? 429 : 500;
  return failureOfStatus({
    status,
    header: () => null,
    body: raw,
    where: "the responses API",
    redact: (text) => text,
    now: 0,
  });
}

/** Reads an object of the responses API; a chat completion too, which some servers answer on either address. */
export function readResponse(body: unknown, raw: string): Reply {
  const response = membersOf(body);
  if (response?.error != null) return failedResponse(response, raw);
  if (!Array.isArray(response?.output)) {
    return Array.isArray(response?.choices)
      ? readCompletion(body, raw)
      : malformedReply("the reply has no output");
  }
  const items = response.output.map((item) => membersOf(item) ?? {});
  if (items.length === 0 && response.status !== "incomplete")
    return malformedReply("the reply's output is empty");
  const messages = items.filter((item) => item.type === "message");
  const calls = items.filter((item) => item.type === "function_call" || item.type === "custom_tool_call");
  const refusals = messages.flatMap((item) => partsOf(item, "refusal", "refusal"));
  return {
    kind: "answered",
    output: messages.flatMap((item) => partsOf(item, "output_text", "text")).join(""),
    tool_calls: calls.length > 0 ? calls.map(callOf) : undefined,
    model: typeof response.model === "string" ? response.model : null,
    finish_reason: finishReason(response),
    refusal: refusals.length > 0 ? refusals.join("\n") : null,
    raw,
  };
}

/** OpenAI's responses API. */
export function responsesApi(model: string, params: Readonly<Record<string, Json>>): ChatWording {
  return {
    request: (messages, reply) => ({
      model,
      input: messages.flatMap(inputItems),
      ...(reply !== undefined && {
        text: { format: { type: "json_schema", name: reply.name, strict: true, schema: reply.schema } },
      }),
      ...params,
    }),
    reply: readResponse,
  };
}
