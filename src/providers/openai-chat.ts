import type { Json } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import type { Reply } from "../domain/provider.ts";
import type { ChatWording } from "./chat-client.ts";
import { argumentsText, membersOf, textOf, toolCallsOf } from "./chat-shapes.ts";
import { failureOfStatus, malformedReply } from "./failed-reply.ts";

function wireMessage(message: Message): Json {
  return {
    role: message.role,
    content: message.content,
    ...(message.name !== undefined && { name: message.name }),
    ...(message.tool_call_id !== undefined && { tool_call_id: message.tool_call_id }),
    ...(message.tool_calls !== undefined && {
      tool_calls: message.tool_calls.map((call, index) => ({
        id: call.id ?? `call_${index + 1}`,
        type: "function",
        function: { name: call.name, arguments: argumentsText(call) },
      })),
    }),
  };
}

/** Some gateways answer 200 and put the upstream's refusal into the body. */
function failureInBody(error: unknown, raw: string): Reply {
  const code = Number(membersOf(error)?.code);
  const status = code >= 400 && code < 600 ? code : 502;
  return failureOfStatus({
    status,
    header: () => null,
    body: raw,
    where: "the model's server",
    redact: (text) => text,
    now: 0,
  });
}

/** Reads a chat completion. */
export function readCompletion(body: unknown, raw: string): Reply {
  const completion = membersOf(body);
  const choice = membersOf(Array.isArray(completion?.choices) ? completion.choices[0] : undefined);
  const message = membersOf(choice?.message);
  if (message === undefined) {
    if (completion?.error != null) return failureInBody(completion.error, raw);
    return malformedReply("the reply has no choices[0].message");
  }
  const calls = toolCallsOf(message.tool_calls ?? undefined);
  return {
    kind: "answered",
    output: textOf(message.content),
    tool_calls: calls,
    model: typeof completion?.model === "string" ? completion.model : null,
    finish_reason: typeof choice?.finish_reason === "string" ? choice.finish_reason : null,
    refusal: typeof message.refusal === "string" ? message.refusal : null,
    raw,
  };
}

/** OpenAI's chat completions, as many other servers speak them. */
export function chatCompletions(model: string, params: Readonly<Record<string, Json>>): ChatWording {
  return {
    request: (messages, reply) => ({
      model,
      messages: messages.map(wireMessage),
      ...(reply !== undefined && {
        response_format: {
          type: "json_schema",
          json_schema: { name: reply.name, strict: true, schema: reply.schema },
        },
      }),
      ...params,
    }),
    reply: readCompletion,
  };
}
