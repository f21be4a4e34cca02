import { answerEnd, endsInCall } from "../domain/finish-reason.ts";
import type { Json } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import type { Reply } from "../domain/provider.ts";
import { anthropicContent } from "./attached-parts.ts";
import type { ChatWording } from "./chat-client.ts";
import { callsInBlocks, membersOf, refusalFrom, textFrom, textOf } from "./chat-shapes.ts";
import { callMissing, malformedReply, refusedBy } from "./failed-reply.ts";
import { wordedOnce } from "./worded-once.ts";

/** Output limit of a request that sets none. The API rejects a request without `max_tokens`. */
export const DEFAULT_MAX_TOKENS = 1024;

interface WireMessage {
  readonly role: "user" | "assistant";
  readonly content: string | readonly Json[];
}

function blocksOf(content: Message["content"]): readonly Json[] {
  if (content === null || content === "") return [];
  return typeof content === "string"
    ? [{ type: "text", text: content }]
    : (anthropicContent(content) as readonly Json[]);
}

function wireMessage(message: Message): WireMessage {
  if (message.role === "tool") {
    const content = typeof message.content === "string" ? message.content : blocksOf(message.content);
    return {
      role: "user",
      content: [{ type: "tool_result", tool_use_id: message.tool_call_id ?? "call_1", content }],
    };
  }
  const role = message.role === "assistant" ? "assistant" : "user";
  if (message.tool_calls === undefined) return { role, content: anthropicContent(message.content) ?? "" };
  const uses = message.tool_calls.map((call, index) => ({
    type: "tool_use",
    id: call.id ?? `call_${index + 1}`,
    name: call.name,
    input: call.arguments,
  }));
  return { role, content: [...blocksOf(message.content), ...uses] };
}

/** Joins the tool results of one turn into a single message, because the API requires this. */
function joinToolResults(
  messages: readonly Message[],
  worded: (message: Message) => WireMessage,
): readonly WireMessage[] {
  const joined: WireMessage[] = [];
  messages.forEach((message, index) => {
    const wire = worded(message);
    const last = joined.at(-1);
    if (message.role === "tool" && messages[index - 1]?.role === "tool" && last !== undefined) {
      joined[joined.length - 1] = {
        role: "user",
        content: [...(last.content as Json[]), ...(wire.content as Json[])],
      };
    } else {
      joined.push(wire);
    }
  });
  return joined;
}

const isInstruction = (message: Message) => message.role === "system" || message.role === "developer";

/** Reads a message of Anthropic's API. */
export function readMessage(body: unknown, raw: string): Reply {
  const message = membersOf(body);
  const stop = typeof message?.stop_reason === "string" ? message.stop_reason : null;
  const end = answerEnd(stop);
  const content = message?.content ?? null;
  // This API returns an empty list when the model has nothing to add.
  const empty = Array.isArray(content) && content.length === 0;
  if (message === undefined || (content === null && end === "whole"))
    return malformedReply("the reply has no content");
  const calls = callsInBlocks(content);
  const output = textFrom(content);
  const explanation = membersOf(message.stop_details)?.explanation;
  const statedRefusal = refusalFrom(content);
  const reason = typeof explanation === "string" && explanation !== "" ? explanation : refusedBy(stop);
  const refusal = statedRefusal ?? (end === "refused" ? reason : null);
  if (output === null && !empty && calls.length === 0 && refusal === null && end === "whole")
    return malformedReply("the reply's content has no text and no tool call");
  if ((output ?? "").trim() === "" && calls.length === 0 && endsInCall(stop)) return callMissing(stop);
  return {
    kind: "answered",
    output: output ?? "",
    tool_calls: calls,
    model: typeof message.model === "string" ? message.model : null,
    finish_reason: stop,
    refusal,
    raw,
  };
}

/** Anthropic's messages API: the system prompt is a separate field, and tool results are sent as user messages. */
export function anthropicMessages(model: string, params: Readonly<Record<string, Json>>): ChatWording {
  const worded = wordedOnce(wireMessage);
  return {
    request(messages, reply, tools) {
      const system = messages.filter(isInstruction).map((message) => textOf(message.content));
      return {
        model,
        ...(system.length > 0 && { system: system.join("\n\n") }),
        messages: joinToolResults(
          messages.filter((message) => !isInstruction(message)),
          worded,
        ) as unknown as Json,
        max_tokens: DEFAULT_MAX_TOKENS,
        ...(reply !== undefined && {
          output_config: { format: { type: "json_schema", schema: reply.schema } },
        }),
        ...params,
        ...(tools !== undefined && {
          tools: tools.map(({ name, description, parameters }) => ({
            name,
            description,
            input_schema: parameters,
          })),
        }),
      };
    },
    reply: readMessage,
  };
}
