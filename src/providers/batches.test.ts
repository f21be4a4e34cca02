import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { BatchLook, BatchService, BatchTrouble } from "../domain/batch.ts";
import type { OpenTarget, PreparedRequest } from "../domain/provider.ts";
import { anthropicProvider } from "./anthropic-provider.ts";
import { openaiProvider } from "./openai-provider.ts";
import { fakeHost, questionOf } from "./testing/fake-host.ts";

const KEY = "sk-secret-1234567890";
const never = new AbortController().signal;

interface Arrived {
  readonly asked: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}
type Answer = { readonly status?: number; readonly body: object | string };

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/**
 * Starts a server with fixed answers by method and path, and opens a batch service that sends its requests
 * there.
 */
async function serving(
  shape: "openai" | "anthropic",
  answers: Readonly<Record<string, Answer>>,
  { query = "", ...settings }: { readonly query?: string; readonly [setting: string]: unknown } = {},
) {
  const arrived: Arrived[] = [];
  const server: Server = createServer(async (request, reply) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const asked = `${request.method} ${request.url}`;
    arrived.push({ asked, headers: request.headers, body: Buffer.concat(parts).toString() });
    const { status = 200, body } = answers[asked] ?? { status: 404, body: { error: { message: asked } } };
    reply.writeHead(status, { "content-type": "application/json" });
    reply.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const entry = {
    provider: shape,
    model: "m-1",
    api_key_env: "KEY",
    base_url: `${origin}/v1${query}`,
    ...settings,
  };
  const host = fakeHost({ env: { KEY } });
  const target: OpenTarget =
    shape === "openai"
      ? await openaiProvider.open(openaiProvider.settings.parse(entry), host)
      : await anthropicProvider.open(anthropicProvider.settings.parse(entry), host);
  const service = (await target.batch?.({ sleep: async () => {}, random: () => 0.5 })) as BatchService;
  const request = target.client.prepare(questionOf({ messages: [{ role: "user", content: "hello" }] }));
  open.push({
    close: async () => {
      await service.close();
      await target.client.close();
      server.closeAllConnections();
      server.close();
    },
  });
  return { arrived, service, request };
}

async function linesOf(service: BatchService, request: PreparedRequest): Promise<readonly string[]> {
  return [(await service.line("run-0-1-1", request)) as string];
}

const failureIn = (look: BatchLook | BatchTrouble | string) => {
  if (typeof look === "string" || look.kind !== "trouble") throw new Error("no trouble");
  return look;
};

/** The replies in batch `b1`. */
async function repliesOf(service: BatchService) {
  const look = await service.look("b1", never);
  if (look.kind !== "ended") throw new Error(`it is ${look.kind}`);
  const read = await look.read(never);
  if ("kind" in read) throw new Error(read.failure.message);
  return read.map(({ reply }) => reply);
}

describe("batches of OpenAI", () => {
  const FILES = { "POST /v1/files": { body: { id: "f1" } }, "POST /v1/batches": { body: { id: "b1" } } };

  it("upload a file of requests, and refer to it when the batch is created", async () => {
    const { arrived, service, request } = await serving("openai", FILES, {
      ...{ organization: "org-1", project: "proj-1" },
    });
    const lines = await linesOf(service, request);
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      ...{ custom_id: "run-0-1-1", method: "POST", url: "/v1/chat/completions" },
      body: { model: "m-1", messages: [{ role: "user", content: "hello" }] },
    });
    expect(await service.upload?.("run-1", lines, never)).toBe("f1");
    expect(await service.create({ key: "run-1", file: "f1", lines }, never)).toBe("b1");
    const [file, batch] = arrived;
    expect(file?.body).toContain(`name="purpose"\r\n\r\nbatch\r\n`);
    expect(file?.body).toContain(`\r\n\r\n${lines[0]}\n\r\n--`);
    expect(file?.headers).toMatchObject({
      ...{ authorization: `Bearer ${KEY}`, "openai-organization": "org-1", "openai-project": "proj-1" },
      "content-type": expect.stringMatching(/^multipart\/form-data; boundary=/),
    });
    expect(JSON.parse(batch?.body ?? "")).toEqual({
      ...{ input_file_id: "f1", endpoint: "/v1/chat/completions", completion_window: "24h" },
      metadata: { evals_batch: "run-1" },
    });
  });

  it("use the responses API if the model does", async () => {
    const { service, request } = await serving("openai", FILES, { api: "responses" });
    expect(JSON.parse((await linesOf(service, request))[0] ?? "")).toMatchObject({ url: "/v1/responses" });
  });

  it("are requested with the query of the base URL", async () => {
    const { arrived, service } = await serving("openai", {}, { query: "?api-version=7" });
    const lost = { key: "k", file: "f", custom_ids: [], at: 0, others: new Set<string>() };
    await service.look("b1", never);
    await service.find(lost, never);
    expect(arrived.map(({ asked }) => asked)).toEqual([
      "GET /v1/batches/b1?api-version=7",
      "GET /v1/batches?limit=100&api-version=7",
    ]);
  });

  it("read both result files in any final state, and distinguish requests that never ran from failed ones", async () => {
    const line = (custom_id: string, more: object): string => JSON.stringify({ custom_id, ...more });
    const call = `{"choices":[{"message":{"tool_calls":[{"id":"t","function":{"name":"look_up","arguments":"{\\"id\\":12345678901234567891}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}`;
    const answers = {
      "GET /v1/batches/b1": {
        body: {
          id: "b1",
          status: "expired",
          output_file_id: "out",
          error_file_id: "err",
          request_counts: null,
        },
      },
      "GET /v1/files/out/content": {
        body: [
          `{"custom_id":"a","response":{"status_code":200,"body":${call}}}`,
          line("b", { response: { status_code: 0, body: "" }, error: null }),
          line("c", { response: { status_code: 400, body: { error: { message: `bad ${KEY}` } } } }),
          "not json",
          line("d", { response: { status_code: 429, body: { error: { message: "slow down" } } } }),
          "",
        ].join("\n"),
      },
      "GET /v1/files/err/content": {
        body: line("e", { response: null, error: { code: "batch_expired", message: "too late" } }),
      },
    };
    const replies = await repliesOf((await serving("openai", answers)).service);
    expect(replies).toMatchObject([
      {
        kind: "answered",
        tool_calls: [{ arguments: { id: "12345678901234567891" } }],
        usage: { input_tokens: 3 },
      },
      { kind: "failed", transient: true },
      { kind: "failed", transient: false, message: expect.stringMatching(/^400 from .*: bad \[redacted\]$/) },
      { kind: "failed", transient: true, error: "rate-limit" },
      null,
    ]);
  });

  it("are refused as a whole, or line by line", async () => {
    const failed = (...data: object[]) => ({
      "GET /v1/batches/b1": { body: { id: "b1", status: "failed", errors: { data } } },
    });
    const line = await serving("openai", failed({ code: "invalid_json_line", message: "bad", line: 3 }));
    expect(await line.service.look("b1", never)).toMatchObject({
      ...{ kind: "refused", failure: { transient: false } },
      of: new Map([[2, expect.stringMatching(/refused the batch: invalid_json_line: bad$/)]]),
    });
    const full = await serving(
      "openai",
      failed({ code: "token_limit_exceeded", message: "full", line: null }),
    );
    expect(await full.service.look("b1", never)).toMatchObject({
      ...{ kind: "refused", failure: { transient: true, busy: true }, of: new Map() },
    });
  });

  it("do not count as ended in an unknown state", async () => {
    const { service } = await serving("openai", { "GET /v1/batches/b1": { body: { status: "paused" } } });
    expect(failureIn(await service.look("b1", never)).failure.message).toContain("paused");
  });

  it.each([
    [401, true],
    [429, true],
    [500, false],
  ])("are known not to be created after status %i: %s", async (status, undone) => {
    const refused = { "POST /v1/batches": { status, body: { error: { message: `no, ${KEY}` } } } };
    const { arrived, service } = await serving("openai", refused);
    const trouble = failureIn((await service.create({ key: "k", file: "f", lines: [] }, never)) as never);
    expect(trouble.undone).toBe(undone);
    expect(trouble.failure.message).not.toContain(KEY);
    // The request is not repeated, because a second batch might be paid for too.
    expect(arrived.length).toBe(1);
  });

  it("are read again after a server error, but only a few times", async () => {
    const { arrived, service } = await serving("openai", { "GET /v1/batches/b1": { status: 503, body: {} } });
    expect(failureIn(await service.look("b1", never)).failure.transient).toBe(true);
    expect(arrived.length).toBe(3);
  });
});

describe("batches of Anthropic", () => {
  it("contain their requests instead of a file's id", async () => {
    const { arrived, service, request } = await serving("anthropic", {
      "POST /v1/messages/batches": { body: { id: "b1" } },
    });
    const lines = await linesOf(service, request);
    expect(service.upload).toBeUndefined();
    expect(await service.create({ key: "run-1", file: null, lines }, never)).toBe("b1");
    const [sent] = arrived;
    expect(sent?.headers).toMatchObject({ "x-api-key": KEY, "anthropic-version": "2023-06-01" });
    expect(JSON.parse(sent?.body ?? "")).toEqual({ requests: [{ custom_id: "run-0-1-1", params: request }] });
  });

  it("distinguish each way in which a request can end", async () => {
    const line = (result: object): string => JSON.stringify({ custom_id: "a", result });
    const errored = (type: string) =>
      line({ type: "errored", error: { type: "error", error: { type, message: "said" } } });
    const message = { content: [{ type: "text", text: "hi" }], stop_reason: "end_turn" };
    const { service } = await serving("anthropic", {
      "GET /v1/messages/batches/b1": {
        // The API key must not be sent to an address from a reply.
        body: { processing_status: "ended", results_url: "http://127.0.0.1:9/stolen" },
      },
      "GET /v1/messages/batches/b1/results": {
        body: [
          line({ type: "succeeded", message }),
          errored("invalid_request_error"),
          errored("overloaded_error"),
          errored("billing_error"),
          line({ type: "expired" }),
          line({ type: "canceled" }),
          "",
        ].join("\n"),
      },
    });
    expect(await repliesOf(service)).toMatchObject([
      { kind: "answered", output: "hi" },
      { kind: "failed", transient: false },
      { kind: "failed", transient: true },
      { kind: "failed", transient: false, closed: "no-money" },
      null,
      null,
    ]);
  });

  it("are gone when the provider no longer keeps their answers", async () => {
    const archived = { processing_status: "ended", archived_at: "2026-01-01T00:00:00Z" };
    const { service } = await serving("anthropic", { "GET /v1/messages/batches/b1": { body: archived } });
    expect(await service.look("b1", never)).toEqual({ kind: "gone" });
  });
});
