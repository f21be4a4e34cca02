import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnsweredReply, Reply } from "../domain/provider.ts";
import { usageOf } from "../domain/transcript.ts";
import { httpProvider } from "./http-provider.ts";
import { compilePaths } from "./http-reply.ts";
import { HttpSettings } from "./http-settings.ts";
import { streamReader } from "./http-stream.ts";
import { ask, deadline, fakeHost, questionOf } from "./testing/fake-host.ts";

const EVENTS = "text/event-stream; charset=utf-8";
const LINES = "application/x-ndjson";
const events = (...data: readonly unknown[]) =>
  data.map((one) => `data: ${typeof one === "string" ? one : JSON.stringify(one)}\n\n`).join("");
const named = (...data: readonly { type: string }[]) =>
  data.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join("");
const chunk = (delta: object, finish_reason: string | null = null) => ({
  ...{ id: "c1", object: "chat.completion.chunk", model: "m-1" },
  choices: [{ index: 0, delta, finish_reason }],
});
const USAGE = { prompt_tokens: 12, completion_tokens: 6 };
const CHAT = [
  chunk({ role: "assistant", content: "" }),
  chunk({ content: "Grüße " }),
  chunk({ content: "\u{1F600}\n!" }),
  chunk({
    tool_calls: [{ index: 0, id: "t1", type: "function", function: { name: "look_up", arguments: "" } }],
  }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '{"id":' } }] }),
  chunk({
    tool_calls: [{ index: 1, id: "t2", type: "function", function: { name: "end", arguments: "{}" } }],
  }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: "7}" } }] }),
  chunk({}, "tool_calls"),
  { ...chunk({}), choices: [], usage: USAGE },
];
const COMPLETED = {
  type: "response.completed",
  response: {
    ...{ object: "response", status: "completed", model: "m-1" },
    output: [
      { type: "message", content: [{ type: "output_text", text: "Grüße \u{1F600}\n!" }] },
      { type: "function_call", call_id: "t1", name: "look_up", arguments: '{"id":7}' },
      { type: "function_call", call_id: "t2", name: "end", arguments: "{}" },
    ],
    usage: { input_tokens: 12, output_tokens: 6 },
  },
};
const start = (index: number, content_block: object) => ({
  type: "content_block_start",
  index,
  content_block,
});
const delta = (index: number, one: object) => ({ type: "content_block_delta", index, delta: one });
const MESSAGE = [
  {
    type: "message_start",
    message: { type: "message", model: "m-1", content: [], usage: { input_tokens: 12, output_tokens: 1 } },
  },
  start(0, { type: "text", text: "" }),
  { type: "ping" },
  delta(0, { type: "text_delta", text: "Grüße " }),
  delta(0, { type: "text_delta", text: "\u{1F600}\n!" }),
  { type: "content_block_stop", index: 0 },
  start(1, { type: "tool_use", id: "t1", name: "look_up", input: {} }),
  delta(1, { type: "input_json_delta", partial_json: '{"id":' }),
  delta(1, { type: "input_json_delta", partial_json: "7}" }),
  start(2, { type: "tool_use", id: "t2", name: "end", input: {} }),
  { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 6 } },
  { type: "message_stop" },
];

/** The same answer in every dialect and framing. */
const STREAMS: Readonly<Record<string, { settings: object; type: string; body: string }>> = {
  "chat chunks as events": { settings: { stream: "openai" }, type: EVENTS, body: events(...CHAT, "[DONE]") },
  "chat chunks with carriage returns, without a content type": {
    ...{ settings: { stream: "openai" }, type: "" },
    body: events(...CHAT, "[DONE]").replaceAll("\n", "\r\n"),
  },
  "chat chunks as lines": {
    ...{ settings: { stream: "openai" }, type: LINES },
    body: CHAT.map((one) => `${JSON.stringify(one)}\n`).join(""),
  },
  "events of responses": {
    ...{ settings: { stream: "openai" }, type: EVENTS },
    body: named({ type: "response.created" }, { type: "response.output_text.delta" }, COMPLETED),
  },
  "events of a message": { settings: { stream: "anthropic" }, type: EVENTS, body: named(...MESSAGE) },
  "a whole response over several lines": {
    ...{ settings: { stream: "openai" }, type: "application/json" },
    body: JSON.stringify(COMPLETED.response, null, 2),
  },
  "a message in one line": {
    ...{ settings: { stream: "anthropic" }, type: "application/json" },
    body: JSON.stringify({
      ...{
        type: "message",
        model: "m-1",
        stop_reason: "tool_use",
        usage: { input_tokens: 12, output_tokens: 6 },
      },
      content: [
        { type: "text", text: "Grüße \u{1F600}\n!" },
        { type: "tool_use", id: "t1", name: "look_up", input: { id: 7 } },
        { type: "tool_use", id: "t2", name: "end", input: {} },
      ],
    }),
  },
  "texts in events": {
    settings: {
      stream: "text",
      answer: "$.t",
      usage: { input_tokens: "$.u.in", output_tokens: "$.u.out" },
      tool_calls: "$.calls",
    },
    type: EVENTS,
    body: events(
      ...[{ t: "Grüße " }, { note: 1 }, { t: "\u{1F600}\n!" }, { u: { in: 12, out: 6 } }],
      {
        calls: [
          { id: "t1", name: "look_up", arguments: { id: 7 } },
          { id: "t2", name: "end", arguments: {} },
        ],
      },
      "[DONE]",
    ),
  },
};

const TEXT = "Grüße \u{1F600}\n!";
const ANSWER = {
  kind: "answered",
  output: TEXT,
  usage: usageOf({ input_tokens: 12, output_tokens: 6 }),
  tool_calls: [
    { id: "t1", name: "look_up", arguments: { id: 7 } },
    { id: "t2", name: "end", arguments: {} },
  ],
};

async function readerOf(settings: object) {
  const parsed = HttpSettings.parse({ provider: "http", url: "http://127.0.0.1:1/", ...settings });
  return streamReader(parsed.stream ?? "text", await compilePaths(parsed), parsed);
}

/** Reads a reply whose bytes arrive in these parts. */
async function read(settings: object, contentType: string, bits: readonly Uint8Array[]): Promise<Reply> {
  const reply = (await readerOf(settings))();
  for (const bit of bits) if (reply.bytes(bit, contentType)) break;
  return reply.finish({ contentType, where: "bot", redact: (text) => text }, (text) => text);
}

describe("a streamed reply", () => {
  it.each(Object.keys(STREAMS))("of %s is the same wherever its bytes are split", async (name) => {
    const { settings, type, body } = STREAMS[name] ?? { settings: {}, type: "", body: "" };
    const bytes = Buffer.from(body);
    const whole = await read(settings, type, [bytes]);
    expect(whole).toMatchObject(ANSWER);
    const { trajectory: _, ...same } = whole as AnsweredReply;
    for (let at = 1; at < bytes.length; at++)
      expect(await read(settings, type, [bytes.subarray(0, at), bytes.subarray(at)])).toMatchObject(same);
    expect(
      await read(
        settings,
        type,
        [...bytes].map((byte) => Uint8Array.of(byte)),
      ),
    ).toMatchObject(same);
  });

  it.each([
    ["events", {}, EVENTS, `: hello\n\n${events("Grüße ")}data: \u{1F600}\ndata: !\n\n`],
    ["events with carriage returns", {}, EVENTS, "data: Grüße \u{1F600}\r\ndata: !\r\n\r\n"],
    ["lines", {}, LINES, `"Grüße "\n\n${JSON.stringify("\u{1F600}\n!")}`],
    ["plain text", {}, "text/plain", TEXT],
    ["a text that looks like an event", {}, "", TEXT],
  ])("of %s without further settings gives the joined texts", async (_, settings, type, body) => {
    const bits = [...Buffer.from(`\uFEFF${body}`)].map((byte) => Uint8Array.of(byte));
    expect(await read({ stream: "text", ...settings }, type, bits)).toMatchObject({ output: TEXT });
  });

  const broken = events(...CHAT.slice(0, 3));
  it.each([
    ["openai", events(...CHAT.slice(0, 3)), "the stream of bot broke off before its end"],
    ["openai", events(...CHAT.slice(0, 3), "[DONE]"), "the stream of bot broke off before its end"],
    ["openai", "", "the stream of bot broke off before its end"],
    ["openai", `${broken}data: {"cho\n\n`, 'the stream of bot has a piece that is not a JSON object: {"cho'],
    ["openai", named({ type: "response.created" }), "the stream of bot broke off before its end"],
    ["anthropic", named(...MESSAGE.slice(0, -1)), "the stream of bot broke off before its end"],
    ["text", "", "the stream of bot is empty"],
  ])("of %s that ends early is not an answer: %s", async (stream, body, message) => {
    expect(await read({ stream }, EVENTS, [Buffer.from(body)])).toMatchObject({
      error: "malformed-reply",
      message,
    });
  });

  it.each([
    ["openai", `${broken}${events({ error: { message: "overloaded", code: 503 } })}`],
    ["openai", `${broken}event: error\ndata: {"message":"overloaded"}\n\n`],
    ["openai", named({ type: "error", ...{ message: "overloaded" } })],
    [
      "openai",
      named({
        type: "response.failed",
        ...{ response: { object: "response", status: "failed", error: { message: "overloaded" } } },
      }),
    ],
    [
      "anthropic",
      named(...MESSAGE.slice(0, 4), {
        type: "error",
        ...{ error: { type: "overloaded_error", message: "overloaded" } },
      }),
    ],
    ["text", `${events("Grüße")}event: error\ndata: overloaded\n\n`],
    ["text", events("Grüße", { error: "overloaded" })],
  ])("of %s with an error in the middle is a failure of the provider: %s", async (stream, body) => {
    expect(await read({ stream }, EVENTS, [Buffer.from(body)])).toMatchObject({
      kind: "failed",
      error: "provider",
      message: expect.stringContaining("overloaded"),
    });
  });

  it("asks for the setting `answer` when pieces are not text, and reports a path that finds nothing", async () => {
    const line = Buffer.from('{"t":"x"}\n');
    expect(await read({ stream: "text" }, LINES, [line])).toMatchObject({
      message: expect.stringContaining("the setting `answer` must say"),
    });
    expect(await read({ stream: "text", answer: "$.u" }, LINES, [line])).toMatchObject({
      message: "the stream of bot has nothing at $.u in any of its pieces",
    });
  });

  it("with bytes that are not UTF-8, or half a letter at its end, is not an answer", async () => {
    for (const bytes of [Uint8Array.of(0x61, 0xe2, 0x82)])
      expect(await read({ stream: "text" }, "text/plain", [bytes])).toMatchObject({
        error: "malformed-reply",
        message: "the stream of bot holds bytes that are not UTF-8",
      });
  });

  it("can be read with an answer path after it was joined", async () => {
    const settings = {
      stream: "openai",
      answer: "$.choices[0].message.content",
      usage: { input_tokens: "$.usage.prompt_tokens" },
    };
    expect(await read(settings, EVENTS, [Buffer.from(events(...CHAT, "[DONE]"))])).toMatchObject({
      output: TEXT,
      usage: usageOf({ input_tokens: 12 }),
    });
  });
});

describe("a service that streams", () => {
  let origin = "";
  let serve: (reply: ServerResponse) => void = () => {};
  const server = createServer((request, reply) => {
    request.resume().on("end", () => serve(reply));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const asked = async (settings: object, handler: typeof serve, signal?: AbortSignal): Promise<Reply> => {
    serve = handler;
    const parsed = HttpSettings.parse({
      ...{ provider: "http", url: `${origin}/chat`, headers: { authorization: "Bearer $" + "{env:TOKEN}" } },
      ...settings,
    });
    const target = await httpProvider.open(parsed, fakeHost({ env: { TOKEN: "token-1234567890" } }));
    try {
      return await ask(target, questionOf({ input: "hi" }), 1, signal);
    } finally {
      await target.client.close();
    }
  };

  it("can send byte by byte, and the time of its first text is reported", async () => {
    const bytes = Buffer.from(events(...CHAT, "[DONE]"));
    const reply = await asked({ stream: "openai" }, (out) => {
      out.writeHead(200, { "content-type": EVENTS }).flushHeaders();
      let at = 0;
      const next = (): void => {
        if (at === bytes.length) out.end();
        else out.write(bytes.subarray(at, ++at), () => setImmediate(next));
      };
      next();
    });
    expect(reply).toMatchObject({ ...ANSWER, trajectory: { first_token_ms: expect.any(Number) } });
  });

  it("is not waited for when it keeps the connection open after the end", async () => {
    const reply = await asked({ stream: "anthropic" }, (out) => {
      out.writeHead(200, { "content-type": EVENTS }).write(named(...MESSAGE));
    });
    expect(reply).toMatchObject(ANSWER);
  });

  it("makes its trial errored when it closes the connection early, hangs or never stops", async () => {
    const begin = (out: ServerResponse) =>
      out.writeHead(200, { "content-type": EVENTS }).write(events(chunk({ content: "x" })));
    expect(
      await asked({ stream: "openai" }, (out) => {
        begin(out);
        setTimeout(() => out.destroy(), 20);
      }),
    ).toMatchObject({
      error: "malformed-reply",
      message: expect.stringMatching(/broke off$/),
    });
    expect(await asked({ stream: "openai" }, (out) => void begin(out), deadline(50))).toMatchObject({
      error: "timeout",
    });
    const flood = await asked({ stream: "text" }, (out) => {
      const more = Buffer.alloc(1 << 20, "x");
      const push = (): void => {
        if (!out.destroyed) out.write(more, push);
      };
      out.writeHead(200, { "content-type": "text/plain" });
      push();
    });
    expect(flood).toMatchObject({
      error: "malformed-reply",
      message: expect.stringContaining("longer than 16 MiB"),
    });
  });

  it("can refuse a request like any other, and no key is kept from its replies", async () => {
    expect(await asked({ stream: "openai" }, (out) => out.writeHead(429).end("slow down"))).toMatchObject({
      error: "rate-limit",
    });
    const echo = await asked({ stream: "text" }, (out) =>
      out.writeHead(200, { "content-type": EVENTS }).end(events("token-1234", "567890")),
    );
    expect(echo).toMatchObject({ kind: "answered" });
    expect(JSON.stringify(echo)).not.toContain("token-1234567890");
  });

  it("can compress its stream, which is then read when all of it has arrived", async () => {
    const reply = await asked({ stream: "openai" }, (out) =>
      out
        .writeHead(200, { "content-type": EVENTS, "content-encoding": "gzip" })
        .end(gzipSync(events(...CHAT, "[DONE]"))),
    );
    expect(reply).toMatchObject(ANSWER);
    expect(reply).not.toHaveProperty("trajectory");
  });
});
