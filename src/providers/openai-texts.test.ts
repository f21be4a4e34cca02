import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SettingMistake } from "../domain/problem.ts";
import type { OpenTarget } from "../domain/provider.ts";
import { usageOf } from "../domain/transcript.ts";
import { openaiProvider } from "./openai-provider.ts";
import { ask, fakeHost, questionOf } from "./testing/fake-host.ts";

const REPLIES: Readonly<Record<string, object>> = {
  "/v1/embeddings": {
    data: [{ embedding: [0.5, -0.25] }],
    model: "vectors-1",
    usage: { prompt_tokens: 7, total_tokens: 7 },
  },
  "/v1/moderations": {
    model: "guard-1",
    results: [{ flagged: true, categories: { hate: true }, category_scores: { hate: 0.9 } }],
  },
};

let server: Server;
const arrived: { url: string; body: unknown }[] = [];
beforeAll(async () => {
  server = createServer((request, reply) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      const url = request.url ?? "";
      arrived.push({ url, body: JSON.parse(text) });
      const empty = text.includes("nothing");
      reply
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify(empty ? { data: [], results: [] } : REPLIES[url]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => void server.close());

const open = (api: string): Promise<OpenTarget> => {
  const { port } = server.address() as AddressInfo;
  const settings = { provider: "openai", api, model: "m-1", base_url: `http://127.0.0.1:${port}/v1` };
  return openaiProvider.open(openaiProvider.settings.parse(settings), fakeHost());
};

describe("api: embeddings", () => {
  it("sends a text and returns its vector and its number of tokens", async () => {
    const target = await open("embeddings");
    const reply = await ask(target, questionOf({ input: "some text" }));
    expect(arrived.at(-1)).toEqual({
      url: "/v1/embeddings",
      body: { model: "m-1", input: "some text", encoding_format: "float" },
    });
    expect(reply).toMatchObject({
      kind: "answered",
      output: "[0.5,-0.25]",
      model: "vectors-1",
      usage: usageOf({ input_tokens: 7, output_tokens: 0 }),
    });
    expect(await ask(target, questionOf({ input: "nothing" }))).toMatchObject({
      error: "malformed-reply",
      message: expect.stringMatching(/^the reply has no data\[0\]\.embedding/),
    });
    await target.client.close();
  });

  it("does not accept a conversation", async () => {
    const target = await open("embeddings");
    const question = questionOf({ messages: [{ role: "user", content: "Hello" }] });
    expect(() => target.client.prepare(question)).toThrow(SettingMistake);
    await target.client.close();
  });
});

describe("api: moderations", () => {
  it("sends a text and returns what was found in it", async () => {
    const target = await open("moderations");
    const reply = await ask(target, questionOf({ input: "some text" }));
    expect(arrived.at(-1)).toEqual({ url: "/v1/moderations", body: { model: "m-1", input: "some text" } });
    expect(reply).toMatchObject({ kind: "answered", model: "guard-1" });
    expect(JSON.parse((reply as { output: string }).output)).toMatchObject({ flagged: true });
    expect(await ask(target, questionOf({ input: "nothing" }))).toMatchObject({ error: "malformed-reply" });
    await target.client.close();
  });
});
