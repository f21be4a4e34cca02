import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { traceConversation } from "../traces/trace-conversation.ts";
import { argumentsOf } from "./chat-shapes.ts";
import { readWrittenAnswer } from "./given-answer.ts";
import { httpProvider } from "./http-provider.ts";
import { ask, fakeHost, questionOf } from "./testing/fake-host.ts";

const ID = "12345678901234567891";

describe("a number that a double would change", () => {
  const server = createServer((_, reply) =>
    reply.end(`{"answer":{"id":${ID}},"calls":[{"name":"f","arguments":{"id":${ID}}}]}`),
  );
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it.each(["$.answer", "$..answer"])("is read from a reply by %s exactly as written", async (answer) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const settings = httpProvider.settings.parse({ provider: "http", url, answer, tool_calls: "$.calls" });
    const target = await httpProvider.open(settings, fakeHost());
    const reply = await ask(target, questionOf({}));
    expect(reply).toMatchObject({ output: `{"id":${ID}}`, tool_calls: [{ arguments: { id: ID } }] });
    await target.client.close();
  });

  it("is kept exactly in a program's output", () => {
    const reply = readWrittenAnswer(
      `{"output": {"id": ${ID}}, "tool_calls": [{"name": "f", "arguments": {"id": ${ID}}}]}`,
      "bot",
      traceConversation,
    );
    expect(reply).toMatchObject({ output: `{"id":${ID}}`, tool_calls: [{ arguments: { id: ID } }] });
  });

  it("becomes text in the arguments of a tool call", () => {
    expect(argumentsOf(`{"ids": [${ID}, 1e999, 7]}`)).toEqual({ ids: [ID, "1e999", 7] });
  });
});
