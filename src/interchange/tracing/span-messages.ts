import { answerEnd } from "../../domain/finish-reason.ts";
import { membersIn } from "../../domain/found-documents.ts";
import type { Json } from "../../domain/json.ts";
import type { Message } from "../../domain/message.ts";

/** The terms of OpenTelemetry's GenAI conventions for the ways in which an answer ends. */
const ENDS = { whole: "stop", cut: "length", refused: "content_filter", failed: "error" } as const;

/** Messages in the format of OpenTelemetry's GenAI conventions, as the JSON text of a span attribute. */
export function inputMessages(messages: readonly Message[]): string {
  return JSON.stringify(messages.map((message) => ({ role: message.role, parts: partsOf(message) })));
}

/** Like `inputMessages`, with finish reasons. @param finish the provider's finish reason, for the last message */
export function outputMessages(messages: readonly Message[], finish: string | null): string {
  const made = messages.map((message, at) => ({
    role: message.role,
    parts: partsOf(message),
    finish_reason: at === messages.length - 1 ? endOf(message, finish) : "stop",
  }));
  return JSON.stringify(made);
}

function endOf({ tool_calls }: Message, finish: string | null): string {
  const end = answerEnd(finish);
  return end === "whole" && (tool_calls?.length ?? 0) > 0 ? "tool_call" : ENDS[end];
}

function partsOf({ role, content, tool_calls, tool_call_id: id }: Message): readonly unknown[] {
  if (role === "tool")
    return [{ type: "tool_call_response", ...(id !== undefined && { id }), response: content }];
  const texts = typeof content === "string" ? [{ type: "text", content }] : (content ?? []).map(partOf);
  const calls = (tool_calls ?? []).map(({ id: call, name, arguments: asked }) => ({
    type: "tool_call",
    ...(call !== undefined && { id: call }),
    name,
    arguments: asked,
  }));
  return [...texts, ...calls];
}

/** Converts a content part. A text gets the format of the GenAI conventions; everything else stays as it is. */
function partOf(part: Json): unknown {
  if (typeof part === "string") return { type: "text", content: part };
  const { type, text } = membersIn(part);
  const isText =
    typeof text === "string" && (type === undefined || /^(?:input_|output_)?text$/.test(String(type)));
  return isText ? { type: "text", content: text } : part;
}
