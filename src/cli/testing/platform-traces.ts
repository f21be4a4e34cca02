import {
  ABOUT,
  ANSWER,
  ARGUMENTS,
  ASK,
  AT,
  CALL,
  CALLS,
  iso,
  json,
  MODEL,
  RESULT,
  SECRETS,
  TRACE_ID,
} from "./sample-conversation.ts";

export const langfuse = {
  data: [
    {
      id: "r",
      type: "AGENT",
      name: "shop",
      startTime: iso(0),
      endTime: iso(900),
      input: { message: ASK },
      output: ANSWER,
    },
    ...CALLS.map(({ given, reply, usage }, at) => ({
      ...{ id: `g${at}`, type: "GENERATION", name: "chat", parentObservationId: "r" },
      ...{ startTime: iso(10 + 200 * at), endTime: iso(110 + 200 * at), providedModelName: MODEL },
      ...{ input: given, output: reply, promptName: "support", promptVersion: 3 },
      // Token counts that do not overlap: their sum is the total.
      usageDetails: {
        input: usage.input - usage.cached,
        output: usage.output,
        input_cached_tokens: usage.cached,
        total: usage.input + usage.output,
      },
    })),
    {
      id: "t",
      type: "TOOL",
      name: "find_order",
      parentObservationId: "r",
      startTime: iso(120),
      input: ARGUMENTS,
      output: RESULT,
    },
    { id: "x", type: "EVENT", name: "dana.kirk@example.com", startTime: iso(1) },
  ].map((one) => ({
    traceId: TRACE_ID,
    userId: SECRETS[1],
    sessionId: "s-1",
    tags: ["canary", "de"],
    ...one,
  })),
};

const kwargs = (message: { role: string; content: string | null }) => ({
  lc: 1,
  id: ["langchain", "schema", "messages"],
  kwargs: {
    type: { system: "system", user: "human", assistant: "ai", tool: "tool" }[message.role],
    content: message.content ?? "",
    ...("tool_calls" in message ? { tool_calls: [{ name: "find_order", args: ARGUMENTS, id: "c1" }] } : {}),
    ...("tool_call_id" in message ? { tool_call_id: "c1" } : {}),
  },
});
const smith = (run: object) => ({
  trace_id: TRACE_ID,
  session_id: "the project",
  tags: ["canary", "de"],
  ...run,
});
export const langsmith = [
  smith({
    ...{
      id: TRACE_ID,
      name: "shop",
      run_type: "chain",
      start_time: iso(0).slice(0, -1),
      end_time: iso(900).slice(0, -1),
    },
    ...{
      inputs: { message: ASK },
      outputs: { output: ANSWER },
      feedback_stats: { thumbs: { n: 1, avg: 1 } },
    },
    extra: { metadata: { thread_id: "s-1", user_id: SECRETS[1] } },
  }),
  ...CALLS.map(({ given, reply, usage }, at) =>
    smith({
      ...{ id: `l${at}`, parent_run_id: TRACE_ID, name: "ChatOpenAI", run_type: "llm" },
      ...{
        start_time: iso(10 + 200 * at),
        end_time: iso(110 + 200 * at),
        extra: { metadata: { ls_model_name: MODEL } },
      },
      inputs: { messages: [given.map(kwargs)] },
      outputs: {
        generations: [[{ message: kwargs(reply) }]],
        usage_metadata: {
          input_tokens: usage.input,
          output_tokens: usage.output,
          input_token_details: { cache_read: usage.cached },
        },
      },
    }),
  ),
  smith({
    ...{
      id: "t",
      parent_run_id: TRACE_ID,
      name: "find_order",
      run_type: "tool",
      start_time: iso(120),
      end_time: iso(130),
    },
    ...{ inputs: ARGUMENTS, outputs: { output: RESULT } },
  }),
];

const brain = (row: object) => ({ root_span_id: TRACE_ID, created: iso(0), ...row });
export const braintrust = [
  brain({
    ...{
      id: "r",
      span_id: TRACE_ID,
      span_attributes: { name: "shop", type: "task" },
      input: ASK,
      output: ANSWER,
    },
    metadata: { session_id: "s-1", user_id: SECRETS[1], prompt: "support@1.2.0" },
    ...{
      metrics: { start: AT / 1000, end: AT / 1000 + 0.9 },
      tags: ["canary", "de"],
      scores: { thumbs: 1, other: null },
    },
  }),
  ...CALLS.map(({ given, reply, usage }, at) =>
    brain({
      ...{
        id: `l${at}`,
        span_id: `l${at}`,
        span_parents: [TRACE_ID],
        span_attributes: { name: "chat", type: "llm" },
      },
      ...{
        input: given,
        output: [{ index: 0, message: reply, finish_reason: "stop" }],
        metadata: { model: MODEL },
      },
      metrics: {
        start: AT / 1000 + 0.01 + at,
        prompt_tokens: usage.input,
        completion_tokens: usage.output,
        prompt_cached_tokens: usage.cached,
      },
    }),
  ),
  brain({
    ...{
      id: "t",
      span_id: "t",
      span_parents: [TRACE_ID],
      span_attributes: { name: "find_order", type: "tool" },
    },
    ...{ input: ARGUMENTS, output: RESULT, metrics: { start: AT / 1000 + 0.5 } },
  }),
];

export const phoenix = {
  data: [
    { id: "1", name: "shop", span_kind: "AGENT", start_time: iso(0), end_time: iso(900), attributes: ABOUT },
    ...CALLS.map(({ given, reply, usage }, at) => ({
      ...{
        id: `2${at}`,
        parent: "1",
        name: "chat",
        span_kind: "LLM",
        start_time: iso(10 + 200 * at),
        end_time: iso(110),
      },
      attributes: {
        llm: {
          model_name: MODEL,
          input_messages: given.map((message) => ({ message: phoenixMessage(message) })),
          output_messages: [{ message: phoenixMessage(reply) }],
          token_count: {
            prompt: usage.input,
            completion: usage.output,
            prompt_details: { cache_read: usage.cached },
          },
        },
      },
    })),
    {
      ...{
        id: "3",
        parent: "1",
        name: "find_order",
        span_kind: "TOOL",
        start_time: iso(120),
        end_time: iso(130),
      },
      attributes: {
        tool: { name: "find_order" },
        input: { value: json(ARGUMENTS) },
        output: { value: json(RESULT) },
      },
    },
  ].map(({ id, parent, ...span }: { id: string; parent?: string }) => ({
    context: { trace_id: TRACE_ID, span_id: id },
    parent_id: parent ?? null,
    status_code: "OK",
    ...span,
  })),
};

function phoenixMessage(message: { role: string; content: string | null }) {
  if (!("tool_calls" in message)) return message;
  return { role: message.role, tool_calls: [{ tool_call: { id: "c1", function: CALL.function } }] };
}
