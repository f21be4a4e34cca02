import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askShape, HTTP_SHAPES, type RawServer, startRawServer } from "./testing/reply-shapes.ts";

let server: RawServer;
beforeAll(async () => {
  server = await startRawServer();
});
afterAll(() => server.close());

const CHATS = HTTP_SHAPES.filter(({ name }) => name !== "http");

describe.each(CHATS)("the content of a $name reply", (shape) => {
  const read = async (body: object) => {
    server.answer = { body: JSON.stringify(body) };
    return askShape(shape, server);
  };

  it.each([
    [{ queue: "billing" }, '{"queue":"billing"}'],
    [{ type: "text", text: "blue" }, "blue"],
    [["bl", "ue"], "blue"],
    [
      [
        { type: "text", text: "bl" },
        { type: "output_text", text: "ue" },
      ],
      "blue",
    ],
    [
      [
        { type: "thinking", thinking: "hm" },
        { type: "text", text: "blue" },
      ],
      "blue",
    ],
    [[{ type: "json", json: { a: 1 } }], '[{"type":"json","json":{"a":1}}]'],
    [
      [
        { type: "text", text: "see" },
        { type: "image", id: 7 },
      ],
      '[{"type":"text","text":"see"},{"type":"image","id":7}]',
    ],
    [42, "42"],
    [false, "false"],
  ])("keeps %j", async (content, output) => {
    expect(await read(shape.body(content))).toMatchObject({ kind: "answered", output, refusal: null });
  });

  it("is not an answer if it is null, unless the reply was cut off", async () => {
    expect(await read(shape.body(null))).toMatchObject({ kind: "failed", error: "malformed-reply" });
    for (const reason of ["length", "max_tokens", "MAX_TOKENS"])
      expect(await read(shape.body(null, shape.ended(reason)))).toMatchObject({
        kind: "answered",
        output: "",
        finish_reason: reason,
      });
  });

  it("reports what the model said when it refused, and that a filter ended it", async () => {
    const words = "I would rather not.";
    expect(await read(shape.body([{ type: "refusal", refusal: words }]))).toMatchObject({
      kind: "answered",
      output: "",
      refusal: words,
    });
    const ended = shape.ended(shape.name === "anthropic" ? "refusal" : "content_filter");
    expect(await read(shape.body(null, ended))).toMatchObject({
      kind: "answered",
      refusal: expect.stringContaining("refused"),
    });
  });

  it("gives an empty list of tool calls if there are none", async () => {
    expect(await read(shape.body("blue"))).toMatchObject({ tool_calls: [], refusal: null });
  });
});

describe("tool calls", () => {
  const call = (name: unknown, id: string) => ({
    id,
    type: "function",
    function: { name, arguments: '{"a":1}' },
  });
  const replies: Readonly<Record<string, object>> = {
    "openai chat": {
      choices: [
        {
          finish_reason: "tool_calls",
          message: { content: null, tool_calls: [call("f", "1"), call(null, "2")] },
        },
      ],
    },
    "openai responses": {
      status: "completed",
      output: [
        { type: "function_call", call_id: "1", name: "f", arguments: '{"a":1}' },
        { type: "function_call", call_id: "2", arguments: '{"a":1}' },
      ],
    },
    anthropic: {
      stop_reason: "tool_use",
      content: [
        { type: "tool_use", id: "1", name: "f", input: { a: 1 } },
        { type: "tool_use", id: "2", input: { a: 1 } },
      ],
    },
  };

  it.each(CHATS)("of $name are all kept, even one without a name", async (shape) => {
    server.answer = { body: JSON.stringify(replies[shape.name]) };
    expect(await askShape(shape, server)).toMatchObject({
      kind: "answered",
      tool_calls: [
        { id: "1", name: "f", arguments: { a: 1 } },
        { id: "2", name: "", arguments: { a: 1 } },
      ],
    });
  });

  it("are missing from a reply without text that ends in one: such a reply is no answer", async () => {
    for (const [index, body] of [
      { choices: [{ finish_reason: "tool_calls", message: { content: "", tool_calls: [] } }] },
      { choices: [{ finish_reason: "function_call", message: { content: " " } }] },
      { stop_reason: "tool_use", content: [] },
    ].entries()) {
      server.answer = { body: JSON.stringify(body) };
      const shape = CHATS[index === 2 ? 2 : 0] as (typeof CHATS)[0];
      expect(await askShape(shape, server)).toMatchObject({
        kind: "failed",
        error: "malformed-reply",
        message: expect.stringContaining("neither a call nor text"),
      });
    }
  });

  it("of tools that the provider runs itself count, and so does OpenAI's old single call", async () => {
    const [chat, responses, anthropic] = CHATS as [(typeof CHATS)[0], (typeof CHATS)[0], (typeof CHATS)[0]];
    const read = async (shape: (typeof CHATS)[0], body: object) => {
      server.answer = { body: JSON.stringify(body) };
      return askShape(shape, server);
    };
    const single = { function_call: { name: "f", arguments: "{}" }, content: null };
    expect(await read(chat, { choices: [{ message: single }] })).toMatchObject({
      tool_calls: [{ name: "f" }],
    });
    const search = { type: "web_search_call", id: "w", action: { query: "q" } };
    expect(await read(responses, { output: [search], status: "completed" })).toMatchObject({
      tool_calls: [{ id: "w", name: "web_search", arguments: { query: "q" } }],
    });
    const used = { type: "server_tool_use", id: "s", name: "web_search", input: { query: "q" } };
    expect(await read(anthropic, { content: [used, { type: "text", text: "x" }] })).toMatchObject({
      output: "x",
      tool_calls: [{ id: "s", name: "web_search", arguments: { query: "q" } }],
    });
  });
});
