import { answerEnd } from "../domain/finish-reason.ts";
import type { Json } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import type { Reply } from "../domain/provider.ts";
import { responsesContent } from "./attached-parts.ts";
import type { ChatWording } from "./chat-client.ts";
import { argumentsText, callsInItems, membersOf, refusalFrom, textFrom, textOf } from "./chat-shapes.ts";
import { malformedReply, refusedBy } from "./failed-reply.ts";
import { readCompletion } from "./openai-chat.ts";
import { wordedOnce } from "./worded-once.ts";

/** The items of one message. In this API, a message and its tool calls are separate items. */
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
  return message.content === null
    ? calls
    : [{ role: message.role, content: responsesContent(message.content) }, ...calls];
}

/** The reason for an incomplete response, such as `max_output_tokens` or `content_filter`; otherwise its status. */
function finishReason(response: Readonly<Record<string, unknown>>): string | null {
  const reason = membersOf(response.incomplete_details)?.reason ?? response.status;
  return typeof reason === "string" ? reason : null;
}

/** Reads a response object, or a chat completion, which some servers return at this address too. */
export function readResponse(body: unknown, raw: string): Reply {
  const response = membersOf(body);
  const finish = finishReason(response ?? {});
  const end = answerEnd(finish);
  const output = response?.output ?? (end === "refused" ? [] : undefined);
  if (!Array.isArray(output)) {
    return Array.isArray(response?.choices)
      ? readCompletion(body, raw)
      : malformedReply("the reply has no output");
  }
  if (output.length === 0 && end === "whole") return malformedReply("the reply's output is empty");
  const items = output.map((item) => membersOf(item) ?? {});
  const messages = items.filter((item) => item.type === "message");
  const calls = callsInItems(items);
  const refusals = messages.flatMap((item) => refusalFrom(item.content) ?? []);
  const texts = messages.flatMap((item) => textFrom(item.content) ?? []);
  const refusal = refusals.length > 0 ? refusals.join("\n") : end === "refused" ? refusedBy(finish) : null;
  if (texts.length === 0 && calls.length === 0 && refusal === null && end === "whole")
    return malformedReply("the reply's output has no text, no tool call and no refusal");
  return {
    kind: "answered",
    output: texts.join(""),
    tool_calls: calls,
    model: typeof response?.model === "string" ? response.model : null,
    finish_reason: finish,
    refusal,
    raw,
  };
}

/** OpenAI's responses API. */
export function responsesApi(model: string, params: Readonly<Record<string, Json>>): ChatWording {
  const worded = wordedOnce(inputItems);
  return {
    request: (messages, reply, tools) => ({
      model,
      input: messages.flatMap(worded),
      ...(reply !== undefined && {
        text: { format: { type: "json_schema", name: reply.name, strict: true, schema: reply.schema } },
      }),
      ...params,
      ...(tools !== undefined && {
        tools: tools.map((tool) => ({ type: "function", ...tool, strict: false })),
      }),
    }),
    reply: readResponse,
  };
}
