import { answerEnd, endsInCall } from "../domain/finish-reason.ts";
import type { Json } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import type { Reply } from "../domain/provider.ts";
import { chatContent } from "./attached-parts.ts";
import type { ChatWording } from "./chat-client.ts";
import { argumentsText, membersOf, refusalFrom, repliedCalls, textFrom } from "./chat-shapes.ts";
import { callMissing, malformedReply, refusedBy } from "./failed-reply.ts";
import { wordedOnce } from "./worded-once.ts";

function wireMessage({ role, content, name, tool_call_id, tool_calls }: Message): Json {
  const wire: Record<string, Json> = { role, content: chatContent(content) };
  if (name !== undefined) wire.name = name;
  if (tool_call_id !== undefined) wire.tool_call_id = tool_call_id;
  if (tool_calls !== undefined)
    wire.tool_calls = tool_calls.map((call, index) => ({
      id: call.id ?? `call_${index + 1}`,
      type: "function",
      function: { name: call.name, arguments: argumentsText(call) },
    }));
  return wire;
}

/**
 * The text with which the model refuses: from the field `refusal` or a content part, else from a filter's finish
 * reason, which says less. Null when the model does not refuse.
 */
function refusalOf(message: Readonly<Record<string, unknown>>, finish: string | null): string | null {
  const { refusal } = message;
  if (typeof refusal === "string" && refusal !== "") return refusal;
  if (membersOf(refusal) !== undefined) return textFrom(refusal);
  return refusalFrom(message.content) ?? (answerEnd(finish) === "refused" ? refusedBy(finish) : null);
}

/** Reads a chat completion. */
export function readCompletion(body: unknown, raw: string): Reply {
  const completion = membersOf(body);
  const choice = membersOf(Array.isArray(completion?.choices) ? completion.choices[0] : undefined);
  const finish = typeof choice?.finish_reason === "string" ? choice.finish_reason : null;
  const message = membersOf(choice?.message) ?? (answerEnd(finish) === "refused" ? {} : undefined);
  if (message === undefined) return malformedReply("the reply has no choices[0].message");
  const calls = [...repliedCalls(message.tool_calls), ...repliedCalls(message.function_call)];
  const refusal = refusalOf(message, finish);
  const output = textFrom(message.content) ?? textFrom(membersOf(message.audio)?.transcript);
  if (output === null && calls.length === 0 && refusal === null && answerEnd(finish) === "whole")
    return malformedReply("the reply's message has no content, no tool call and no refusal");
  if (output?.trim() === "" && calls.length === 0 && endsInCall(finish)) return callMissing(finish);
  return {
    kind: "answered",
    output: output ?? "",
    tool_calls: calls,
    model: typeof completion?.model === "string" ? completion.model : null,
    finish_reason: finish,
    refusal,
    raw,
  };
}

/** OpenAI's chat completions API, also used by many other servers. */
export function chatCompletions(model: string, params: Readonly<Record<string, Json>>): ChatWording {
  const worded = wordedOnce(wireMessage);
  return {
    request: (messages, reply, tools) => ({
      model,
      messages: messages.map(worded),
      ...(reply !== undefined && {
        response_format: {
          type: "json_schema",
          json_schema: { name: reply.name, strict: true, schema: reply.schema },
        },
      }),
      ...params,
      ...(tools !== undefined && {
        tools: tools.map(({ name, description, parameters }) => ({
          type: "function",
          function: { name, description, parameters },
        })),
      }),
    }),
    reply: readCompletion,
  };
}
