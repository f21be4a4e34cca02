import { describe, expect, it } from "vitest";
import { conversationSteps } from "../domain/conversation.ts";
import { describeTranscript } from "../domain/describe-transcript.ts";
import { UNKNOWN_USAGE } from "../domain/transcript.ts";
import { traceConversation } from "../traces/trace-conversation.ts";
import { readConversation } from "./conversation-shapes.ts";

const ASK = "Where is A-7, and how do I send it back?";
const ORDER = { order: "A-7" };
const FOUND = { documents: [{ id: "H-1", text: "Use the label.", score: 0.9 }, { id: "H-2" }] };
const chatCall = (id: string, name: string, args: unknown) => ({
  ...{ id, type: "function" },
  function: { name, arguments: JSON.stringify(args) },
});
const item = (call_id: string, name: string, args: unknown) => ({
  ...{ type: "function_call", call_id, name },
  arguments: JSON.stringify(args),
});
const itemResult = (call_id: string, output: unknown) => ({
  ...{ type: "function_call_output", call_id },
  output: JSON.stringify(output),
});
const use = (id: string, name: string, input: unknown) => ({ type: "tool_use", id, name, input });
const block = (tool_use_id: string, content: unknown, more = {}) => ({
  ...{ type: "tool_result", tool_use_id },
  content: [{ type: "text", text: typeof content === "string" ? content : JSON.stringify(content) }],
  ...more,
});

const part = (toolCallId: string, toolName: string, more: { input: unknown } | { output: unknown }) => ({
  ...{ type: "input" in more ? "tool-call" : "tool-result", toolCallId, toolName },
  ...more,
});
const agentCall = (callId: string, name: string, args: unknown) => ({
  ...{ type: "function_call", id: `fc_${callId}`, callId, name, status: "completed" },
  arguments: JSON.stringify(args),
});
const agentResult = (callId: string, output: unknown) => ({
  ...{ type: "function_call_result", name: "any", callId, status: "completed", output },
});

/**
 * The same conversation in each format: two tool calls at once, one of them failing, a second turn and an
 * answer.
 */
const SHAPES: Readonly<Record<string, unknown>> = {
  "OpenAI's chat": [
    { role: "system", content: "Be brief." },
    { role: "user", content: ASK },
    {
      role: "assistant",
      content: "Let me look.",
      tool_calls: [chatCall("1", "find", ORDER), chatCall("2", "search", { query: "returns" })],
    },
    { role: "tool", tool_call_id: "2", content: JSON.stringify(FOUND) },
    { role: "tool", tool_call_id: "1", content: '{"error":"no such order"}' },
    { role: "assistant", content: "Which order?" },
    { role: "user", content: "A-8" },
    { role: "assistant", content: null, tool_calls: [chatCall("3", "find", { order: "A-8" })] },
    { role: "tool", tool_call_id: "3", content: '{"status":"sent"}' },
    { role: "assistant", content: "Sent." },
  ],
  "OpenAI's responses": [
    { role: "system", content: "Be brief." },
    { type: "message", role: "user", content: [{ type: "input_text", text: ASK }] },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "Let me look." }] },
    item("1", "find", ORDER),
    item("2", "search", { query: "returns" }),
    itemResult("2", FOUND),
    itemResult("1", { error: "no such order" }),
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "Which order?" }] },
    { type: "message", role: "user", content: [{ type: "input_text", text: "A-8" }] },
    { type: "reasoning", summary: [] },
    item("3", "find", { order: "A-8" }),
    itemResult("3", { status: "sent" }),
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "Sent." }] },
  ],
  "Anthropic's": [
    { role: "user", content: ASK },
    {
      role: "assistant",
      content: [
        { type: "text", text: "Let me look." },
        use("1", "find", ORDER),
        use("2", "search", { query: "returns" }),
      ],
    },
    { role: "user", content: [block("2", FOUND), block("1", "no such order", { is_error: true })] },
    { role: "assistant", content: [{ type: "text", text: "Which order?" }] },
    { role: "user", content: "A-8" },
    { role: "assistant", content: [use("3", "find", { order: "A-8" })] },
    { role: "user", content: [block("3", { status: "sent" })] },
    { role: "assistant", content: "Sent." },
  ],
  "the AI SDK's": [
    { role: "user", content: ASK },
    {
      role: "assistant",
      content: [
        { type: "text", text: "Let me look." },
        part("1", "find", { input: ORDER }),
        part("2", "search", { input: { query: "returns" } }),
      ],
    },
    {
      role: "tool",
      content: [
        part("1", "find", { output: { type: "error-text", value: "no such order" } }),
        part("2", "search", { output: { type: "json", value: FOUND } }),
      ],
    },
    { role: "assistant", content: [{ type: "text", text: "Which order?" }] },
    { role: "user", content: [{ type: "text", text: "A-8" }] },
    {
      role: "assistant",
      content: [
        part("3", "find", { input: { order: "A-8" } }),
        part("3", "find", { output: { type: "text", value: '{"status":"sent"}' } }),
      ],
    },
    { role: "assistant", content: "Sent." },
  ],
  "the OpenAI Agents SDK's": [
    { role: "user", content: ASK },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "Let me look." }] },
    agentCall("1", "find", ORDER),
    agentCall("2", "search", { query: "returns" }),
    agentResult("1", { type: "text", text: '{"error":"no such order"}' }),
    agentResult("2", [{ type: "input_text", text: JSON.stringify(FOUND) }]),
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "Which order?" }] },
    { type: "message", role: "user", content: [{ type: "input_text", text: "A-8" }] },
    agentCall("3", "find", { order: "A-8" }),
    agentResult("3", '{"status":"sent"}'),
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "Sent." }] },
  ],
};

const stepsOf = (value: unknown) => {
  const conversation = readConversation(value, traceConversation);
  if (conversation === undefined) throw new Error("not read");
  return conversationSteps(conversation.messages);
};

describe("a conversation", () => {
  it.each(Object.keys(SHAPES))("reports its steps, calls and searches in %s shape", (name) => {
    const { replies, turns, tool_calls, retrievals } = stepsOf(SHAPES[name]);
    expect({ steps: replies.length, turns }).toEqual({ steps: 4, turns: 2 });
    expect(tool_calls).toEqual([
      { id: "1", step: 1, name: "find", arguments: ORDER, error: "no such order" },
      { id: "2", step: 1, name: "search", arguments: { query: "returns" }, result: FOUND },
      { id: "3", step: 3, name: "find", arguments: { order: "A-8" }, result: { status: "sent" } },
    ]);
    expect(retrievals).toEqual([
      {
        ...{ step: 1, query: "returns" },
        documents: [
          { id: "H-1", text: "Use the label.", score: 0.9 },
          { id: "H-2", text: null, score: null },
        ],
      },
    ]);
  });

  it("reports the calls of OpenAI's chat from before calls had an id, with their results", () => {
    const { tool_calls, turns } = stepsOf([
      { role: "user", content: ASK },
      { role: "assistant", content: null, function_call: { name: "find", arguments: JSON.stringify(ORDER) } },
      { role: "function", name: "find", content: '{"status":"sent"}' },
      { role: "assistant", content: null, function_call: { name: "find", arguments: "{}" } },
      { role: "function", name: "find", content: '{"error":"no such order"}' },
      { role: "assistant", content: "Sent." },
    ]);
    expect(turns).toBe(1);
    expect(tool_calls).toEqual([
      { step: 1, name: "find", arguments: ORDER, result: { status: "sent" } },
      { step: 2, name: "find", arguments: {}, error: "no such order" },
    ]);
  });

  it("reports what OpenAI's file search found", () => {
    const { retrievals, tool_calls } = stepsOf([
      { type: "message", role: "user", content: [{ type: "input_text", text: "Which page?" }] },
      {
        ...{ type: "file_search_call", id: "fs", queries: ["which page"] },
        results: [{ file_id: "K-1", filename: "k.md", score: 0.5, text: "page" }],
      },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "That one." }] },
    ]);
    expect(retrievals).toEqual([
      { step: 1, query: "which page", documents: [{ id: "K-1", text: "page", score: 0.5 }] },
    ]);
    expect(tool_calls).toMatchObject([{ name: "file_search", step: 1 }]);
  });

  it("reports the documents among Anthropic's blocks", () => {
    const { retrievals } = stepsOf([
      { role: "assistant", content: [use("t", "pages", { query: "which" })] },
      {
        role: "user",
        content: [
          {
            ...{ type: "tool_result", tool_use_id: "t" },
            content: [
              { type: "search_result", source: "K-1", title: "K", content: [{ type: "text", text: "page" }] },
            ],
          },
        ],
      },
    ]);
    expect(retrievals).toEqual([
      { step: 1, query: "which", documents: [{ id: "K-1", text: "page", score: null }] },
    ]);
  });

  const by = (...tool_calls: unknown[]) => ({ role: "assistant", content: null, tool_calls });
  const toolResult = (id: string | undefined, content: unknown) => ({
    role: "tool",
    tool_call_id: id,
    content,
  });
  it.each([
    [
      "an id that is used twice",
      [
        by(chatCall("x", "a", {})),
        toolResult("x", "one"),
        by(chatCall("x", "b", {})),
        toolResult("x", "two"),
      ],
      ["one", "two"],
    ],
    [
      "an id that is used twice, the first without a result",
      [by(chatCall("x", "a", {})), by(chatCall("x", "b", {})), toolResult("x", "two")],
      ["two", undefined],
    ],
    [
      "results out of order",
      [by(chatCall("x", "a", {}), chatCall("y", "b", {})), toolResult("y", "two"), toolResult("x", "one")],
      ["one", "two"],
    ],
    [
      "results without ids",
      [
        by(chatCall("x", "a", {}), chatCall("y", "b", {})),
        toolResult(undefined, "one"),
        toolResult(undefined, "two"),
      ],
      ["one", "two"],
    ],
    ["a missing result", [by(chatCall("x", "a", {}))], [undefined]],
    ["a result for no call", [toolResult("z", "one")], []],
    [
      "the same call answered twice",
      [by(chatCall("x", "a", {})), toolResult("x", "one"), toolResult("x", "two")],
      ["one"],
    ],
    [
      "a result that is a list of parts",
      [
        by(chatCall("x", "a", {})),
        toolResult("x", [
          { type: "text", text: '{"n":' },
          { type: "text", text: "1}" },
        ]),
      ],
      [{ n: 1 }],
    ],
    ...[
      { content: [{ type: "text", text: '{"n":1}' }], isError: false },
      { content: [{ type: "text", text: "one" }], structuredContent: { n: 1 } },
      [{ type: "text", text: '{"n":1}', annotations: {} }],
      { type: "text", text: '{"n":1}' },
    ].map((reply): [string, unknown[], unknown[]] => [
      `a result that an MCP server wrote, ${JSON.stringify(reply)}`,
      [
        by(chatCall("x", "a", {}), chatCall("y", "a", {}), { name: "a", arguments: {}, result: reply }),
        toolResult("x", JSON.stringify(reply)),
        toolResult("y", [{ type: "text", text: JSON.stringify(reply) }]),
      ],
      [{ n: 1 }, { n: 1 }, { n: 1 }],
    ]),
    ...[
      [{ id: "H-1", text: "Use the label." }],
      { type: "text", text: "Use the label.", page: 3 },
      { content: [{ type: "text", text: "a" }], title: "Labels" },
      [],
    ].map((result): [string, unknown[], unknown[]] => [
      `a result that only looks so, ${JSON.stringify(result)}`,
      [by(chatCall("x", "a", {})), toolResult("x", JSON.stringify(result))],
      [result],
    ]),
  ])("with %s has each result at its call", (_, messages, results) => {
    expect(stepsOf(messages).tool_calls.map(({ result }) => result)).toEqual(results);
  });

  it("knows the error that an MCP server reports in its reply", () => {
    const reply = { content: [{ type: "text", text: "no such order" }], isError: true };
    const { tool_calls } = stepsOf([
      by(chatCall("x", "a", {}), { name: "a", arguments: {}, result: reply }),
      toolResult("x", JSON.stringify(reply)),
    ]);
    expect(tool_calls.map(({ error }) => error)).toEqual(["no such order", "no such order"]);
  });

  it.each([
    ["An error occurred while running the tool. Please try again. Error: Error: no order", "no order"],
    ["An error occurred while running the tool. Please try again.", "running the tool"],
    ["Error: no order\n Please fix your mistakes.", "no order"],
  ])("knows what a framework tells the model of a tool that threw: %s", (told, error) => {
    const [call] = stepsOf([by(chatCall("x", "a", {})), toolResult("x", told)]).tool_calls;
    expect(call?.error).toContain(error);
    expect(call?.error).not.toContain("mistakes");
  });

  it("with a hundred thousand open calls is read completely", () => {
    const calls = Array.from({ length: 100_000 }, (_, at) => chatCall("x", `t${at}`, {}));
    const results = calls.map((_, at) => toolResult("x", `r${at}`));
    expect(stepsOf([by(...calls), ...results]).tool_calls.at(-1)).toMatchObject({ result: "r99999" });
  });
});

describe("a tool result that answers no call", () => {
  const ask = { role: "user", content: ASK };
  const call = { role: "assistant", content: null, tool_calls: [chatCall("1", "find", ORDER)] };
  const result = (id: string | undefined) => ({
    role: "tool",
    content: "{}",
    ...(id && { tool_call_id: id }),
  });

  const unread = (value: unknown): readonly string[] | undefined =>
    describeTranscript({
      ...{ output: "a", tool_calls: [], usage: UNKNOWN_USAGE, latency_ms: null, cost_usd: null },
      ...{ finish_reason: null, messages: readConversation(value, traceConversation)?.messages ?? [] },
    }).unread;

  const at = (message: number, id = "9") => [
    `messages[${message}]: a tool result with the id "${id}" that answers no call`,
  ];
  const reply = { role: "assistant", content: "Done." };

  it.each<[string, unknown, readonly string[] | undefined]>([
    ["is said in OpenAI's chat", [ask, call, result("1"), result("9"), reply], at(3)],
    ["is said where no call was made at all", [ask, result("9"), reply], at(1)],
    [
      "is said without an id",
      [ask, result(undefined), reply],
      ["messages[1]: a tool result that answers no call"],
    ],
    [
      "is said where a call is answered a second time",
      [ask, call, result("1"), result("1"), reply],
      at(3, "1"),
    ],
    [
      "is said among OpenAI's items",
      [ask, item("1", "find", ORDER), itemResult("1", {}), itemResult("9", {}), reply],
      at(3),
    ],
    [
      "is said among Anthropic's blocks",
      [
        ask,
        { role: "assistant", content: [use("1", "find", ORDER)] },
        { role: "user", content: [block("1", {}), block("9", {})] },
        reply,
      ],
      at(2),
    ],
    [
      "is not one that comes before another call with its id",
      [ask, call, result("1"), call, result("1"), reply],
      undefined,
    ],
    [
      "is not one that repeats the result which a call has of its own",
      [
        ask,
        { ...call, tool_calls: [{ id: "1", name: "find", arguments: ORDER, result: {} }] },
        result("1"),
        reply,
      ],
      undefined,
    ],
  ])("%s", (_, value, expected) => {
    expect(unread(value)).toEqual(expected);
  });
});
