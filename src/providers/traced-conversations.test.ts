import { describe, expect, it } from "vitest";
import { conversationSteps } from "../domain/conversation.ts";
import { traceConversation } from "../traces/trace-conversation.ts";
import { readConversation } from "./conversation-shapes.ts";

// The same conversation in the format of each producer of traces. Each span of a model call contains the whole
// conversation so far, and each tool has its own span, so every tool call occurs three times.

interface Turn {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly text?: string;
  readonly calls?: readonly (readonly [id: string, name: string, args: object])[];
  readonly id?: string;
}
const FOUND = { documents: [{ id: "H-1", text: "Use the label." }] };
const TURNS: readonly Turn[] = [
  { role: "system", text: "Be brief." },
  { role: "user", text: "Where is A-7?" },
  { role: "assistant", calls: [["1", "find", { order: "A-7", max: 25 }]] },
  { role: "tool", id: "1", text: '{"error":"no such order"}' },
  { role: "assistant", text: "Let me look.", calls: [["2", "search", { query: "returns" }]] },
  { role: "tool", id: "2", text: JSON.stringify(FOUND) },
  { role: "assistant", text: "Use the label." },
];
const text = JSON.stringify;

const chat = (turn: Turn) => ({
  role: turn.role,
  content: turn.text ?? null,
  ...(turn.calls && {
    tool_calls: turn.calls.map(([id, name, args]) => ({
      id,
      type: "function",
      function: { name, arguments: text(args) },
    })),
  }),
  ...(turn.id && { tool_call_id: turn.id }),
});
const parts = (turn: Turn) => ({
  role: turn.role,
  parts:
    turn.role === "tool"
      ? [{ type: "tool_call_response", id: turn.id, response: JSON.parse(turn.text ?? "null") }]
      : [
          ...(turn.text ? [{ type: "text", content: turn.text }] : []),
          ...(turn.calls ?? []).map(([id, name, args]) => ({ type: "tool_call", id, name, arguments: args })),
        ],
});
const flat = (prefix: string, turns: readonly Turn[], inner: string, call: string): Record<string, unknown> =>
  Object.fromEntries(
    turns.flatMap((turn, n) => {
      const at = `${prefix}.${n}${inner}`;
      return [
        [`${at}.role`, turn.role],
        ...(turn.text ? [[`${at}.content`, turn.text]] : []),
        ...(turn.id ? [[`${at}.tool_call_id`, turn.id]] : []),
        ...(turn.calls ?? []).flatMap(([id, name, args], k) => [
          [`${at}.tool_calls.${k}${call === "" ? "" : ".tool_call"}.id`, id],
          [`${at}.tool_calls.${k}${call}.name`, name],
          [`${at}.tool_calls.${k}${call}.arguments`, text(args)],
        ]),
      ];
    }),
  );

interface Era {
  /** Attributes and events of a span for a model's call. */
  readonly model: (
    given: readonly Turn[],
    reply: Turn,
  ) => { attributes: Record<string, unknown>; events?: unknown[] };
  /** Attributes of a span for a tool call. */
  readonly tool: (id: string, name: string, args: object, result: unknown) => Record<string, unknown>;
}
const wrapped = (value: unknown): object =>
  typeof value === "number"
    ? { intValue: String(value) }
    : Array.isArray(value)
      ? { arrayValue: { values: value.map(wrapped) } }
      : value !== null && typeof value === "object"
        ? { kvlistValue: { values: keyed(value as Record<string, unknown>) } }
        : { stringValue: String(value) };
const keyed = (attributes: Record<string, unknown>) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: wrapped(value) }));
const newTool: Era["tool"] = (id, name, args, result) => ({
  "gen_ai.operation.name": "execute_tool",
  "gen_ai.tool.name": name,
  "gen_ai.tool.call.id": id,
  "gen_ai.tool.call.arguments": text(args),
  "gen_ai.tool.call.result": text(result),
});
const ERAS: Readonly<Record<string, Era>> = {
  "up to 1.36": {
    model: (given, reply) => ({
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.system": "openai",
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.usage.output_tokens": 2,
      },
      events: [
        ...given.map((turn) => {
          const { tool_calls, tool_call_id, ...rest } = chat(turn);
          const more = {
            ...(tool_calls && { tool_calls: text(tool_calls) }),
            ...(tool_call_id && { id: tool_call_id }),
          };
          return {
            name: `gen_ai.${turn.role}.message`,
            attributes: keyed({ ...rest, content: rest.content ?? "", ...more }),
          };
        }),
        { name: "gen_ai.choice", attributes: keyed({ index: 0, message: text(chat(reply)) }) },
      ],
    }),
    tool: (id, name) => ({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": name,
      "gen_ai.tool.call.id": id,
    }),
  },
  "1.37 to 1.41": {
    model: (given, reply) => ({
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.system_instructions": text([{ type: "text", content: given[0]?.text }]),
        "gen_ai.input.messages": text(given.slice(1).map(parts)),
        "gen_ai.output.messages": text([{ ...parts(reply), finish_reason: "stop" }]),
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.usage.output_tokens": 2,
      },
    }),
    tool: newTool,
  },
  "1.37 to 1.41, values unfolded": {
    model: (given, reply) => ({
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": given.map(parts),
        "gen_ai.output.messages": [parts(reply)],
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.usage.output_tokens": 2,
      },
    }),
    tool: newTool,
  },
  OpenInference: {
    model: (given, reply) => ({
      attributes: {
        "openinference.span.kind": "LLM",
        "llm.token_count.prompt": 7,
        "llm.token_count.completion": 2,
        ...flat("llm.input_messages", given, ".message", ".tool_call.function"),
        ...flat("llm.output_messages", [reply], ".message", ".tool_call.function"),
      },
    }),
    tool: (_, name, args, result) => ({
      "openinference.span.kind": "TOOL",
      "tool.name": name,
      "input.value": text(args),
      "output.value": text(result),
    }),
  },
  OpenLLMetry: {
    model: (given, reply) => ({
      attributes: {
        "llm.request.type": "chat",
        "gen_ai.usage.prompt_tokens": 7,
        "gen_ai.usage.completion_tokens": 2,
        ...flat("gen_ai.prompt", given, "", ""),
        ...flat("gen_ai.completion", [reply], "", ""),
      },
    }),
    tool: (_, name, args, result) => ({
      "traceloop.span.kind": "tool",
      "traceloop.entity.name": name,
      "traceloop.entity.input": text(args),
      "traceloop.entity.output": text(result),
    }),
  },
  "AI SDK": {
    model: (given, reply) => ({
      attributes: {
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.prompt.messages": text(
          given.map((turn) => ({
            role: turn.role,
            content:
              turn.role === "tool"
                ? [
                    {
                      type: "tool-result",
                      toolCallId: turn.id,
                      output: { type: "json", value: JSON.parse(turn.text ?? "null") },
                    },
                  ]
                : turn.calls
                  ? [
                      ...(turn.text ? [{ type: "text", text: turn.text }] : []),
                      ...turn.calls.map(([toolCallId, toolName, input]) => ({
                        type: "tool-call",
                        toolCallId,
                        toolName,
                        input,
                      })),
                    ]
                  : turn.text,
          })),
        ),
        ...(reply.text && { "ai.response.text": reply.text }),
        ...(reply.calls && {
          "ai.response.toolCalls": text(
            reply.calls.map(([toolCallId, toolName, input]) => ({
              toolCallId,
              toolName,
              input: text(input),
            })),
          ),
        }),
        "ai.usage.promptTokens": 7,
        "ai.usage.completionTokens": 2,
      },
    }),
    tool: (id, name, args, result) => ({
      "ai.operationId": "ai.toolCall",
      "ai.toolCall.id": id,
      "ai.toolCall.name": name,
      "ai.toolCall.args": text(args),
      "ai.toolCall.result": text(result),
    }),
  },
};

const hex = (n: number) => n.toString(16).padStart(16, "0");

/** @param skew nanoseconds by which the tools' clock runs behind */
function otlp(era: Era, { skew = 0, root = true, twice = false } = {}) {
  const spans: object[] = [];
  let clock = 1_000_000;
  const add = (name: string, attributes: Record<string, unknown>, more: object = {}, at = clock++) =>
    spans.push({
      ...{ traceId: "ab".repeat(16), spanId: hex(spans.length + 2), parentSpanId: hex(1), name, kind: 3 },
      ...{
        startTimeUnixNano: String(at),
        endTimeUnixNano: String(at),
        attributes: keyed(attributes),
        status: { code: 1 },
      },
      ...more,
    });
  for (const [n, turn] of TURNS.entries()) {
    if (turn.role !== "assistant") continue;
    const { attributes, events = [] } = era.model(TURNS.slice(0, n), turn);
    add("chat m", attributes, { events });
    for (const [k, [id, name, args]] of (turn.calls ?? []).entries()) {
      const result = JSON.parse(TURNS[n + 1 + k]?.text ?? "null");
      const status = result.error === undefined ? {} : { status: { code: 2, message: result.error } };
      add(`execute_tool ${name}`, era.tool(id, name, args, result), status, clock++ - skew);
    }
  }
  add("POST", { "http.request.method": "POST" });
  if (root)
    spans.push({
      traceId: "ab".repeat(16),
      spanId: hex(1),
      parentSpanId: "",
      name: "agent",
      startTimeUnixNano: "1",
      attributes: [],
    });
  return {
    resourceSpans: [
      { resource: {}, scopeSpans: [{ scope: { name: "x" }, spans: twice ? [...spans, ...spans] : spans }] },
    ],
  };
}

const WAYS = {
  plainly: {},
  "with a clock that runs back": { skew: 900_000 },
  "without its root": { root: false },
  "sent twice": { twice: true },
};
const ALL = Object.entries(ERAS).flatMap(([name, era]) =>
  Object.entries(WAYS).map(([way, how]) => ({ name, way, era, how })),
);

describe("a trace", () => {
  it.each(ALL)("of $name, written $way, gives the conversation, with each call once", ({ era, how }) => {
    const read = readConversation(otlp(era, how), traceConversation);
    const { tool_calls, turns, replies, retrievals } = conversationSteps(read?.messages ?? []);
    expect(read?.messages.map(({ role }) => role)).toEqual(TURNS.map(({ role }) => role));
    expect(tool_calls).toEqual([
      { id: "1", step: 1, name: "find", arguments: { order: "A-7", max: 25 }, error: "no such order" },
      { id: "2", step: 2, name: "search", arguments: { query: "returns" }, result: FOUND },
    ]);
    expect({ turns, steps: replies.length, counted: read?.steps }).toEqual({
      turns: 1,
      steps: 3,
      counted: 3,
    });
    expect(retrievals).toMatchObject([{ step: 2, documents: [{ id: "H-1" }] }]);
    expect(read?.usage).toEqual({ input_tokens: 21, output_tokens: 6 });
    expect(read?.unread?.join()).toContain("not a call of a model");
  });

  it("whose producer keeps no contents still lists the tools", () => {
    const silent: Era = { model: () => ({ attributes: { "gen_ai.operation.name": "chat" } }), tool: newTool };
    const { tool_calls } = conversationSteps(
      readConversation(otlp(silent), traceConversation)?.messages ?? [],
    );
    expect(tool_calls.map(({ name, error }) => [name, error])).toEqual([
      ["find", "no such order"],
      ["search", undefined],
    ]);
  });

  it("of agents and tools alone gives what the outer agent says, spends and costs", () => {
    const [asked, order] = [text({ order: "A-7" }), text([{ type: "text", text: text({ total: 40 }) }])];
    const all: readonly (readonly [id: string, parent: string, attributes: Record<string, unknown>])[] = [
      [
        "b",
        "a",
        {
          "openinference.span.kind": "TOOL",
          "tool.name": "find",
          "input.value": asked,
          "output.value": order,
        },
      ],
      [
        "c",
        "a",
        { "openinference.span.kind": "AGENT", "llm.token_count.prompt": 100, "llm.cost.total": 0.1 },
      ],
      [
        ...(["a", ""] as const),
        {
          ...{ "openinference.span.kind": "AGENT", "input.value": "Where is A-7?", "output.value": "Sent." },
          ...{ "llm.model_name": "m", "llm.token_count.prompt": 300, "llm.token_count.completion": 30 },
          "llm.cost.total": 0.3,
        },
      ],
    ];
    const spans = all.map(([spanId, parentSpanId, given], at) => ({
      ...{ traceId: "t", spanId, parentSpanId, name: spanId, startTimeUnixNano: `${10 - at}` },
      attributes: Object.entries(given).map(([key, value]) => ({
        key,
        value: typeof value === "string" ? { stringValue: value } : { doubleValue: value },
      })),
    }));
    const read = readConversation({ resourceSpans: [{ scopeSpans: [{ spans }] }] }, traceConversation);
    expect(read?.messages.map(({ role, content }) => [role, content])).toEqual([
      ["user", "Where is A-7?"],
      ["assistant", null],
      ["tool", text({ total: 40 })],
      ["assistant", "Sent."],
    ]);
    const { usage, cost_usd, model } = read ?? {};
    expect({ usage, cost_usd, model }).toEqual({
      ...{ usage: { input_tokens: 300, output_tokens: 30 }, cost_usd: 0.3, model: "m" },
    });
  });

  it("reports a search that has a span of its own", () => {
    const attributes = keyed({
      "gen_ai.operation.name": "retrieval",
      "gen_ai.retrieval.query.text": "which page",
      "gen_ai.retrieval.documents": text([{ id: "K-1", score: 0.5 }]),
    });
    const spans = [{ traceId: "a", spanId: "b", name: "retrieval", attributes }];
    expect(
      readConversation({ resourceSpans: [{ scopeSpans: [{ spans }] }] }, traceConversation)?.retrievals,
    ).toEqual([{ step: null, query: "which page", documents: [{ id: "K-1", text: null, score: 0.5 }] }]);
  });

  it("with no known span has no messages, and reports that", () => {
    const read = readConversation(
      {
        resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: "a", spanId: "b", name: "GET" }] }] }],
      },
      traceConversation,
    );
    expect(read?.messages).toEqual([]);
    expect(read?.unread).toEqual([
      "1 span that is not a call of a model, tool or search (GET)",
      "no message: the spans contain no texts",
    ]);
  });
});

describe("a trajectory in ATIF", () => {
  const steps = [
    { step_id: 1, source: "system", message: "Be brief." },
    { step_id: 2, source: "user", message: "Where is A-7?" },
    {
      ...{ step_id: 3, source: "agent", message: "", metrics: { prompt_tokens: 7, completion_tokens: 2 } },
      tool_calls: [{ tool_call_id: "1", function_name: "find", arguments: { order: "A-7" } }],
      observation: { results: [{ source_call_id: "1", content: text(FOUND) }] },
    },
    {
      step_id: 4,
      source: "agent",
      message: "Use the label.",
      metrics: { prompt_tokens: 9, completion_tokens: 3 },
    },
  ];
  const document = {
    schema_version: "ATIF-v1.7",
    session_id: "s",
    agent: { name: "a", version: "1" },
    steps,
  };

  it("gives the conversation and its usage", () => {
    const read = readConversation(document, traceConversation);
    const { tool_calls, turns } = conversationSteps(read?.messages ?? []);
    expect(tool_calls).toEqual([
      { id: "1", step: 1, name: "find", arguments: { order: "A-7" }, result: FOUND },
    ]);
    expect({ turns, steps: read?.steps, usage: read?.usage, unread: read?.unread }).toEqual({
      ...{ turns: 1, steps: 2, usage: { input_tokens: 16, output_tokens: 5 } },
      unread: [],
    });
  });

  it("is refused when a step has an unknown source", () => {
    expect(
      readConversation(
        { ...document, steps: [{ step_id: 1, source: "ghost", message: "x" }] },
        traceConversation,
      ),
    ).toBeUndefined();
  });
});
