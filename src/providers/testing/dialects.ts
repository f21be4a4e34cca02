import type { Dialect } from "./chat-server.ts";

function completion(message: object, finish_reason: string, model: string): object {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model,
    choices: [
      { index: 0, message: { role: "assistant", content: null, refusal: null, ...message }, finish_reason },
    ],
    usage: { prompt_tokens: 12, completion_tokens: 6, total_tokens: 18 },
  };
}

/** OpenAI's chat completions. */
export const chatDialect: Dialect = {
  path: "/v1/chat/completions",
  answer: (content, model) => completion({ content }, "stop", model),
  refusal: (refusal, model) => completion({ refusal }, "stop", model),
  toolCall: (name, input, model) =>
    completion(
      { tool_calls: [{ id: "t1", type: "function", function: { name, arguments: JSON.stringify(input) } }] },
      "tool_calls",
      model,
    ),
  error: (status, message) => ({ error: { message, type: "error", code: `code_${status}`, param: null } }),
  empty: { id: "chatcmpl-1", object: "chat.completion", choices: [] },
};

function response(output: readonly object[], model: string): object {
  return {
    id: "resp_1",
    object: "response",
    status: "completed",
    error: null,
    incomplete_details: null,
    model,
    output,
    usage: { input_tokens: 12, output_tokens: 6, total_tokens: 18 },
  };
}

const messageItem = (content: object) => ({
  type: "message",
  id: "m1",
  role: "assistant",
  status: "completed",
  content: [content],
});

/** OpenAI's responses API. */
export const responsesDialect: Dialect = {
  path: "/v1/responses",
  answer: (text, model) => response([messageItem({ type: "output_text", text, annotations: [] })], model),
  refusal: (refusal, model) => response([messageItem({ type: "refusal", refusal })], model),
  toolCall: (name, input, model) =>
    response(
      [{ type: "function_call", id: "f1", call_id: "t1", name, arguments: JSON.stringify(input) }],
      model,
    ),
  error: chatDialect.error,
  empty: response([], "m"),
};

function message(content: readonly object[], stop_reason: string, model: string, more: object = {}): object {
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model,
    content,
    stop_reason,
    stop_sequence: null,
    usage: { input_tokens: 12, output_tokens: 6 },
    ...more,
  };
}

/** Anthropic's messages API. */
export const anthropicDialect: Dialect = {
  path: "/v1/messages",
  answer: (text, model) => message([{ type: "text", text }], "end_turn", model),
  refusal: (explanation, model) =>
    message([], "refusal", model, { stop_details: { type: "refusal", category: null, explanation } }),
  toolCall: (name, input, model) => message([{ type: "tool_use", id: "t1", name, input }], "tool_use", model),
  error: (_status, message) => ({ type: "error", error: { type: "an_error", message } }),
  empty: { id: "msg_1", type: "message", role: "assistant" },
};
