import type { Json } from "../../domain/json.ts";
import type { Span } from "../../traces/span.ts";
import { chatAnswer } from "../reading/chat-answer.ts";
import { heliconeBody } from "../reading/helicone-body.ts";
import { isObject, type JsonObject, numberMember, objectMember, textMember } from "../reading/json-fields.ts";
import { CHAT, feedbackEvent, platformSpan } from "./platform-span.ts";

/** Converts a request logged by Helicone to a trace of one call; undefined for anything else. */
export function heliconeSpans(item: JsonObject): readonly Span[] | undefined {
  const id = textMember(item, "request_id");
  if (id === undefined || (item.request_body ?? item.request ?? item.response_body) === undefined)
    return undefined;
  const [request, response] = [heliconeBody(item, "request"), heliconeBody(item, "response")];
  const properties = objectMember(item, "properties") ?? objectMember(item, "request_properties") ?? {};
  const status = numberMember(item, "response_status") ?? numberMember(item, "status");
  const { usage } = chatAnswer(response);
  const start = textMember(item, "request_created_at") ?? textMember(item, "created_at");
  return [
    platformSpan("Helicone", {
      ...{ trace: id, id: `request ${id}`, start, end: endOf(item, start) },
      attributes: {
        ...CHAT,
        "gen_ai.input.messages": messagesOf(request),
        "gen_ai.output.messages": replyOf(response),
        "gen_ai.response.model": item.response_model ?? item.model ?? item.request_model ?? request.model,
        "gen_ai.usage.input_tokens": usage?.input_tokens ?? numberMember(item, "prompt_tokens"),
        "gen_ai.usage.output_tokens": usage?.output_tokens ?? numberMember(item, "completion_tokens"),
        "gen_ai.usage.cache_read.input_tokens":
          usage?.cached_input_tokens ?? numberMember(item, "prompt_cache_read_tokens"),
        "gen_ai.usage.reasoning.output_tokens": usage?.reasoning_tokens,
        "gen_ai.usage.cost": item.costUSD ?? item.cost_usd ?? item.cost,
        "session.id": properties["Helicone-Session-Id"],
        "user.id": item.request_user_id ?? item.user_id ?? properties["Helicone-User-Id"],
        "prompt.name": item.prompt_id ?? properties["Helicone-Prompt-Id"],
        metadata: properties,
      },
      events: feedback(item),
      error: status !== undefined && (status < 200 || status > 299) ? `HTTP ${status}` : undefined,
    }),
  ];
}

function endOf(item: JsonObject, start: string | undefined): Json | undefined {
  const end = textMember(item, "response_created_at");
  const delay = numberMember(item, "delay_ms");
  if (end !== undefined || delay === undefined || start === undefined) return end;
  const began = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/i.test(start) ? start : `${start}Z`);
  return Number.isNaN(began) ? undefined : (began + delay) / 1000;
}

function messagesOf(body: JsonObject): Json {
  const { messages, input, prompt, system, instructions } = body;
  const asked = messages ?? input ?? prompt ?? null;
  const before = system ?? instructions;
  const list = typeof asked === "string" ? [{ role: "user", content: asked }] : asked;
  if (before === undefined || before === null || !Array.isArray(list)) return list;
  return [{ role: "system", content: before }, ...(list as readonly Json[])];
}

/**
 * The reply in a response's body. Chat completions have choices; in Anthropic's messages and OpenAI's responses the
 * body itself is the message.
 */
function replyOf(body: JsonObject): Json | undefined {
  if (Array.isArray(body.choices)) return { choices: body.choices };
  if (Array.isArray(body.output)) return [{ role: "assistant", content: chatAnswer(body).output ?? null }];
  return body.content === undefined ? undefined : [{ role: "assistant", content: body.content }];
}

function feedback(item: JsonObject) {
  const rating = item.feedback_rating ?? objectMember(item, "feedback")?.rating;
  const scores = Object.entries(objectMember(item, "scores") ?? {});
  return [
    ...(typeof rating === "boolean" ? [feedbackEvent("rating", rating)] : []),
    ...scores.map(([name, one]) => feedbackEvent(name, isObject(one) ? one.value : one)),
  ];
}
