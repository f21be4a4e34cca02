import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { usageOf } from "../domain/transcript.ts";
import { httpProvider } from "./http-provider.ts";
import { ask, deadline, fakeHost, questionOf } from "./testing/fake-host.ts";

const TOKEN = "token-1234567890";
let origin: string;
let arrived: { headers: IncomingMessage["headers"]; method: string | undefined; body: string }[] = [];
let answer: { status?: number; body: string; headers?: Record<string, string> } | "hang" = { body: "" };

const server = createServer((request, reply) => {
  let body = "";
  request.setEncoding("utf8").on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => {
    arrived.push({ headers: request.headers, method: request.method, body });
    if (answer !== "hang") reply.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
  });
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function once(settings: object, reply: typeof answer, signal?: AbortSignal) {
  answer = reply;
  arrived = [];
  const parsed = httpProvider.settings.parse({ provider: "http", url: `${origin}/chat`, ...settings });
  const target = await httpProvider.open(parsed, fakeHost({ env: { TOKEN } }));
  try {
    return await ask(target, questionOf({ input: { message: "hi" } }), 1, signal);
  } finally {
    await target.client.close();
  }
}

describe("httpProvider", () => {
  it("posts input and messages and takes the whole text without further settings", async () => {
    expect(await once({}, { body: "hello" })).toMatchObject({
      kind: "answered",
      output: "hello",
      raw: "hello",
    });
    expect(arrived[0]).toMatchObject({ method: "POST", headers: { "content-type": "application/json" } });
    expect(JSON.parse(arrived[0]?.body ?? "")).toEqual({ input: { message: "hi" }, messages: null });
  });

  it("does not accept an empty reply as an answer", async () => {
    for (const status of [200, 204])
      expect(await once({}, { status, body: "" })).toMatchObject({
        kind: "failed",
        error: "malformed-reply",
        message: expect.stringMatching(/^the reply of 127\.0\.0\.1:\d+\/chat is empty$/),
      });
    expect(await once({}, { body: "\n" })).toMatchObject({ kind: "answered", output: "\n" });
    expect(await once({ answer: "$.a" }, { body: '{"a": ""}' })).toMatchObject({ output: "" });
  });

  it("reads answer, usage, messages, tool calls and cost at their paths", async () => {
    const settings = {
      body: { question: "{{ input.message }}" },
      answer: "$.answer",
      usage: { input_tokens: "$.u.in", output_tokens: "$.u.out" },
      messages: "$.log",
      tool_calls: "$.calls",
      cost_usd: "$.cost",
    };
    const log = [{ role: "assistant", content: "x" }];
    const body = {
      answer: { queue: "a" },
      u: { in: 3, out: "?" },
      log,
      calls: [{ name: "f", arguments: "{}" }],
      cost: 0.1,
    };
    expect(await once(settings, { body: JSON.stringify(body) })).toMatchObject({
      output: '{"queue":"a"}',
      usage: usageOf({ input_tokens: 3, output_tokens: null }),
      messages: log,
      tool_calls: [{ name: "f", arguments: {} }],
      cost_usd: 0.1,
    });
    expect(arrived[0]?.body).toBe('{"question":"hi"}');
  });

  it.each([
    ["not json", expect.stringMatching(/^the reply of .* is not JSON; it begins: not json$/)],
    ["{}", "nothing is at $.answer in the reply, which is empty"],
    ["[1]", "nothing is at $.answer in the reply"],
    ['{"text":"secret","n":1}', 'nothing is at $.answer in the reply, which has "text", "n"'],
  ])("calls %s malformed", async (body, message) => {
    expect(await once({ answer: "$.answer" }, { body })).toMatchObject({ error: "malformed-reply", message });
  });

  it("rejects a reply that is nested too deeply, and treats an infinite cost as unknown", async () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    for (const path of ["answer", "messages", "tool_calls"])
      expect(await once({ answer: "$.a", [path]: "$.b" }, { body: `{"a":"x","b":${deep}}` })).toMatchObject({
        kind: "failed",
        error: "malformed-reply",
        message: "the reply is nested more than 500 levels deep",
      });
    const costly = await once({ answer: "$.a", cost_usd: "$.c" }, { body: '{"a":"x","c":1e999}' });
    expect(costly).toMatchObject({ kind: "answered", output: "x" });
    expect(costly).not.toHaveProperty("cost_usd");
  });

  it("fills headers from the environment and keeps their values out of every reply", async () => {
    const headers = { Authorization: "Bearer $" + "{env:TOKEN}" };
    const reply = await once({ headers }, { status: 400, body: `no such token ${TOKEN}` });
    expect(arrived[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(reply).toMatchObject({ error: "provider", transient: false });
    expect(JSON.stringify(reply)).not.toContain(TOKEN);
    expect(JSON.stringify(await once({ headers }, { body: `echo ${TOKEN}` }))).not.toContain(TOKEN);
  });

  it("names the variables it needs, and sends nothing without them", async () => {
    const headers = { authorization: "Bearer $" + "{env:NO_SUCH}" };
    const settings = httpProvider.settings.parse({ provider: "http", url: "http://127.0.0.1:1/", headers });
    expect(httpProvider.keys?.(settings)).toEqual(["NO_SUCH"]);
    expect(await once({ headers }, { body: "x" })).toMatchObject({ fatal: true, unsent: true });
    expect(arrived).toEqual([]);
  });

  it("refuses a credential that is in the file", async () => {
    await expect(once({ headers: { authorization: "Bearer abc" } }, { body: "" })).rejects.toMatchObject({
      problem: { code: "EVALS_SECRET_IN_FILE" },
    });
  });

  it("waits as long as a busy service asks", async () => {
    expect(await once({}, { status: 503, body: "busy", headers: { "retry-after": "1" } })).toMatchObject({
      transient: true,
      retry_after_ms: 1000,
    });
  });

  it("ends at the deadline", async () => {
    expect(await once({}, "hang", deadline(20))).toMatchObject({ error: "timeout" });
  });

  it("sends no body with GET", async () => {
    await once({ method: "GET" }, { body: "x" });
    expect(arrived[0]).toMatchObject({ method: "GET", body: "" });
  });
});
