import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OpenTarget, ProviderDefinition, Reply } from "../../domain/provider.ts";
import { providers } from "../registry.ts";
import { ask, fakeHost, questionOf, scriptedClient } from "./fake-host.ts";

/** The exact reply of a server. */
export interface Raw {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A server that gives the same reply to every request. */
export interface RawServer {
  readonly origin: string;
  readonly arrived: { readonly url: string; readonly headers: IncomingMessage["headers"] }[];
  answer: Raw;
  close(): Promise<void>;
}

export async function startRawServer(): Promise<RawServer> {
  const self: RawServer = { origin: "", arrived: [], answer: { body: "" }, close: async () => {} };
  const server = createServer((request, reply) => {
    request.resume().on("end", () => {
      const { status = 200, headers = { "content-type": "application/json" }, body } = self.answer;
      self.arrived.push({ url: request.url ?? "", headers: request.headers });
      reply
        .on("error", () => {})
        .writeHead(status, { ...headers })
        .end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(self, {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

/** How to build a reply of one API. */
export interface ReplyShape {
  readonly name: string;
  readonly settings: (origin: string) => { readonly provider: string; readonly [key: string]: unknown };
  /**
   * A reply with this content. `more` has further members for its body and for the part that contains the
   * answer.
   */
  readonly body: (content: unknown, more?: { readonly body?: object; readonly part?: object }) => object;
  /**
   * The member for the finish reason, in the part that contains the answer or in the body, as `body` takes it.
   */
  readonly ended: (reason: string) => { readonly body?: object; readonly part?: object };
}

const chat = (content: unknown, { body = {}, part = {} }: { body?: object; part?: object } = {}) => ({
  id: "x",
  object: "chat.completion",
  model: "m",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content }, ...part }],
  usage: { prompt_tokens: 1, completion_tokens: 2 },
  ...body,
});

/** Every API from which an answer comes over HTTP. */
export const HTTP_SHAPES: readonly ReplyShape[] = [
  {
    name: "openai chat",
    settings: (origin) => ({ provider: "openai", model: "m-1", base_url: `${origin}/v1` }),
    body: chat,
    ended: (finish_reason) => ({ part: { finish_reason } }),
  },
  {
    name: "openai responses",
    settings: (origin) => ({ provider: "openai", model: "m-1", api: "responses", base_url: `${origin}/v1` }),
    body: (content, { body = {}, part = {} } = {}) => ({
      id: "x",
      object: "response",
      status: "completed",
      error: null,
      model: "m",
      output: [
        {
          type: "message",
          role: "assistant",
          status: "completed",
          content: typeof content === "string" ? [{ type: "output_text", text: content }] : content,
          ...part,
        },
      ],
      usage: { input_tokens: 1, output_tokens: 2 },
      ...body,
    }),
    ended: (reason) => ({ body: { status: "incomplete", incomplete_details: { reason } } }),
  },
  {
    name: "anthropic",
    settings: (origin) => ({ provider: "anthropic", model: "m-1", base_url: origin }),
    body: (content, { body = {}, part = {} } = {}) => ({
      id: "x",
      type: "message",
      role: "assistant",
      model: "m",
      stop_reason: "end_turn",
      content: typeof content === "string" ? [{ type: "text", text: content, ...part }] : content,
      usage: { input_tokens: 1, output_tokens: 2 },
      ...body,
    }),
    ended: (stop_reason) => ({ body: { stop_reason } }),
  },
  {
    name: "http",
    settings: (origin) => ({
      provider: "http",
      url: `${origin}/chat`,
      answer: "$.choices[0].message.content",
    }),
    body: chat,
    ended: (finish_reason) => ({ part: { finish_reason } }),
  },
];

const QUESTION = questionOf({ messages: [{ role: "user", content: "hello" }] });

async function open(settings: { readonly provider: string }, root: string): Promise<OpenTarget> {
  const definition = (await providers.load(settings.provider)) as ProviderDefinition;
  return definition.open(
    definition.settings.parse(settings),
    fakeHost({
      root,
      env: { ...process.env },
      caseIds: () => ["c1"],
      open: async () => ({
        client: scriptedClient(),
        identity: {},
        label: "m-1",
        files: [],
        cacheable: true,
        price: null,
      }),
    }),
  );
}

/** Asks the server once, through the provider of a shape. */
export async function askShape(shape: ReplyShape, server: RawServer, more: object = {}): Promise<Reply> {
  const target = await open({ ...shape.settings(server.origin), ...more }, "/nowhere");
  try {
    return await ask(target, QUESTION);
  } finally {
    await target.client.close();
  }
}

/** A provider whose answers are objects: those that a user's application returns, or the lines of a file. */
export interface GivenShape {
  readonly name: string;
  readonly ask: (answer: object) => Promise<Reply>;
}

async function once(root: string, settings: { readonly provider: string }): Promise<Reply> {
  const target = await open(settings, root);
  try {
    return await ask(target, QUESTION);
  } finally {
    await target.client.close();
  }
}

const folder = () => mkdtempSync(join(tmpdir(), "evals-given-"));

/** Every provider whose answers are objects `{output, …}`. */
export const GIVEN_SHAPES: readonly GivenShape[] = [
  {
    name: "command",
    ask: (answer) => {
      const root = folder();
      writeFileSync(join(root, "bot.mjs"), `console.log(${JSON.stringify(JSON.stringify(answer))})`);
      return once(root, { provider: "command", command: [process.execPath, "bot.mjs"] } as never);
    },
  },
  {
    name: "serving command",
    ask: (answer) => {
      const root = folder();
      const line = JSON.stringify(JSON.stringify(answer));
      writeFileSync(join(root, "bot.mjs"), `process.stdin.on("data", () => console.log(${line}))`);
      const command = [process.execPath, "bot.mjs"];
      return once(root, { provider: "command", command, serve: "jsonl" } as never);
    },
  },
  {
    name: "module",
    ask: (answer) => {
      const root = folder();
      writeFileSync(join(root, "bot.mjs"), `export default () => (${JSON.stringify(answer)})`);
      return once(root, { provider: "module", file: "bot.mjs" } as never);
    },
  },
  {
    name: "outputs",
    ask: (answer) => {
      const root = folder();
      writeFileSync(join(root, "o.jsonl"), `${JSON.stringify({ case: "c1", ...answer })}\n`);
      return once(root, { provider: "outputs", file: "o.jsonl" } as never);
    },
  },
];
