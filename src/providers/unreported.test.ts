import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnsweredReply, Reply } from "../domain/provider.ts";
import { unreportedBy } from "../domain/transcript.ts";
import {
  askShape,
  GIVEN_SHAPES,
  HTTP_SHAPES,
  type RawServer,
  startRawServer,
} from "./testing/reply-shapes.ts";

let server: RawServer;
beforeAll(async () => {
  server = await startRawServer();
});
afterAll(() => server.close());

function answered(reply: Reply): AnsweredReply {
  expect(reply).toMatchObject({ kind: "answered" });
  return reply as AnsweredReply;
}
const callsIn = ({ messages = [] }: AnsweredReply) => messages.flatMap((one) => one.tool_calls ?? []);

/** A conversation with two tool calls, in the format of each API. */
const CONVERSATIONS = {
  "OpenAI chat": [
    { role: "user", content: "q" },
    {
      role: "assistant",
      content: null,
      tool_calls: ["a", "b"].map((name) => ({
        id: name,
        type: "function",
        function: { name, arguments: "{}" },
      })),
    },
    { role: "tool", tool_call_id: "a", content: "1" },
    { role: "assistant", content: "done" },
  ],
  "OpenAI responses": [
    { type: "message", role: "user", content: [{ type: "input_text", text: "q" }] },
    { type: "reasoning", summary: [] },
    { type: "function_call", call_id: "a", name: "a", arguments: "{}" },
    { type: "function_call", call_id: "b", name: "b", arguments: "{}" },
    { type: "function_call_output", call_id: "a", output: "1" },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "done" }] },
  ],
  "Anthropic blocks": [
    { role: "user", content: "q" },
    {
      role: "assistant",
      content: ["a", "b"].map((name) => ({ type: "tool_use", id: name, name, input: {} })),
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: "1" }] },
    { role: "assistant", content: [{ type: "text", text: "done" }] },
  ],
} as const;
const TWO_CALLS = [
  { id: "a", name: "a", arguments: {} },
  { id: "b", name: "b", arguments: {} },
];

describe.each(GIVEN_SHAPES)("an answer of a $name", (shape) => {
  it("reports nothing about tool calls and refusals that it does not mention", async () => {
    expect(unreportedBy(answered(await shape.ask({ output: "x" })))).toEqual(["tool_calls", "refusal"]);
    expect(
      unreportedBy(answered(await shape.ask({ output: "x", tool_calls: null, messages: [] }))),
    ).toContain("tool_calls");
  });

  it("reports tool calls and refusals that it mentions, even if there were none", async () => {
    const reply = answered(await shape.ask({ output: "x", tool_calls: [], refusal: null }));
    expect(unreportedBy(reply)).toEqual([]);
    expect(reply).toMatchObject({ tool_calls: [], refusal: null });
    expect(unreportedBy(answered(await shape.ask({ output: "", finish_reason: "content_filter" })))).toEqual([
      "tool_calls",
    ]);
  });

  it.each(Object.entries(CONVERSATIONS))("reports the calls in a conversation of %s", async (_, messages) => {
    const reply = answered(await shape.ask({ output: "done", messages }));
    expect(unreportedBy(reply)).toEqual(["refusal"]);
    expect(callsIn(reply)).toEqual(TWO_CALLS);
  });
});

describe.each(HTTP_SHAPES)("an answer of $name", (shape) => {
  it(`reports ${shape.name === "http" ? "neither tool calls nor refusals" : "tool calls and refusals"}`, async () => {
    server.answer = { body: JSON.stringify(shape.body("blue")) };
    const unreported = unreportedBy(answered(await askShape(shape, server)));
    expect(unreported).toEqual(shape.name === "http" ? ["tool_calls", "refusal"] : []);
  });
});

describe("a conversation at a path of an http service", () => {
  const http = HTTP_SHAPES.find(({ name }) => name === "http") as (typeof HTTP_SHAPES)[number];
  const read = (log: unknown) => {
    server.answer = { body: JSON.stringify({ answer: "done", log }) };
    return askShape(http, server, { answer: "$.answer", messages: "$.log" });
  };

  it.each(Object.entries(CONVERSATIONS))("reports its calls as %s", async (_, log) => {
    expect(callsIn(answered(await read(log)))).toEqual(TWO_CALLS);
  });

  it("is malformed if it is not a conversation", async () => {
    for (const log of ["text", [{ who: "me" }], [1]])
      expect(await read(log)).toMatchObject({ kind: "failed", error: "malformed-reply" });
    expect(unreportedBy(answered(await read(null)))).toContain("tool_calls");
  });
});
