import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashJson } from "../domain/json.ts";
import type { OpenTarget, Reply } from "../domain/provider.ts";
import { type KnownUsage, USAGE_FIELDS, usageOf } from "../domain/transcript.ts";
import { recordingLine } from "./recording-line.ts";
import { providers } from "./registry.ts";
import { ask, fakeHost, questionOf, scriptedClient } from "./testing/fake-host.ts";
import { usageOfBody } from "./usage-shapes.ts";

/** A usage with these counts: input, output, cached input, cache-write input, reasoning. */
const known = (...counts: readonly (number | null)[]): KnownUsage =>
  Object.fromEntries(USAGE_FIELDS.map((field, index) => [field, counts[index] ?? null]));

describe("the usage of a reply", () => {
  it.each<[string, object, KnownUsage | undefined]>([
    ["chat", { usage: { prompt_tokens: 30, completion_tokens: 7, total_tokens: 37 } }, known(30, 7)],
    [
      "chat, with details",
      {
        usage: {
          prompt_tokens: 900,
          completion_tokens: 70,
          total_tokens: 970,
          prompt_tokens_details: { cached_tokens: 640, audio_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 50 },
        },
      },
      known(900, 70, 640, null, 50),
    ],
    [
      "chat, thinking only in the total",
      { usage: { prompt_tokens: 15, completion_tokens: 4, total_tokens: 119 } },
      known(15, 104, null, null, 100),
    ],
    [
      "chat, reasoning beside the completion and in the total",
      {
        usage: {
          prompt_tokens: 15,
          completion_tokens: 40,
          total_tokens: 75,
          completion_tokens_details: { reasoning_tokens: 20 },
        },
      },
      known(15, 60, null, null, 20),
    ],
    [
      "chat, reasoning larger than what was written and no total",
      {
        usage: {
          prompt_tokens: 15,
          completion_tokens: 4,
          completion_tokens_details: { reasoning_tokens: 90 },
        },
      },
      known(15, 94, null, null, 90),
    ],
    [
      "chat, a cache that counts its hits",
      { usage: { prompt_tokens: 80, completion_tokens: 3, prompt_cache_hit_tokens: 64, total_tokens: 83 } },
      known(80, 3, 64),
    ],
    [
      "chat, a gateway that counts cached input apart",
      {
        usage: {
          prompt_tokens: 12,
          completion_tokens: 3,
          cache_read_input_tokens: 600,
          cache_creation_input_tokens: 50,
        },
      },
      known(662, 3, 600, 50),
    ],
    ["chat, only a total and the input", { usage: { prompt_tokens: 12, total_tokens: 20 } }, known(12, 8)],
    [
      "responses",
      {
        usage: {
          input_tokens: 500,
          output_tokens: 80,
          total_tokens: 580,
          input_tokens_details: { cached_tokens: 256 },
          output_tokens_details: { reasoning_tokens: 64 },
        },
      },
      known(500, 80, 256, null, 64),
    ],
    ["messages", { usage: { input_tokens: 9, output_tokens: 2 } }, known(9, 2)],
    [
      "messages, whose input leaves the cache out",
      {
        usage: {
          input_tokens: 9,
          output_tokens: 2,
          cache_read_input_tokens: 100,
          cache_creation_input_tokens: 20,
        },
      },
      known(129, 2, 100, 20),
    ],
    [
      "messages, cache writes by how long they live",
      {
        usage: {
          input_tokens: 9,
          output_tokens: 2,
          cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 6 },
        },
      },
      known(20, 2, null, 11),
    ],
    [
      "Google, thoughts beside the answer",
      {
        usageMetadata: {
          promptTokenCount: 40,
          candidatesTokenCount: 10,
          thoughtsTokenCount: 300,
          totalTokenCount: 350,
          cachedContentTokenCount: 32,
        },
      },
      known(40, 310, 32, null, 300),
    ],
    ["nothing", { choices: [] }, undefined],
    ["no counts", { usage: { prompt_tokens: "many", completion_tokens: -1 } }, undefined],
  ])("%s", (_, body, usage) => {
    expect(usageOfBody(body)).toEqual(usage === undefined ? undefined : usageOf(usage));
  });
});

/** The usage that each provider must give when its target reports these counts in its own format. */
const USAGE = usageOf(known(900, 70, 640, 20, 50));
const OURS = JSON.stringify({ output: "hi", usage: USAGE });

let origin = "";
let body: object = {};
const server = createServer((request, reply) => {
  request
    .resume()
    .on("end", () => reply.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body)));
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const chat = {
  prompt_tokens: 900,
  completion_tokens: 70,
  prompt_tokens_details: { cached_tokens: 640, cache_write_tokens: 20 },
  completion_tokens_details: { reasoning_tokens: 50 },
};
const responses = {
  input_tokens: 900,
  output_tokens: 70,
  input_tokens_details: { cached_tokens: 640, cache_write_tokens: 20 },
  output_tokens_details: { reasoning_tokens: 50 },
};
const messages = {
  input_tokens: 240,
  output_tokens: 70,
  cache_read_input_tokens: 640,
  cache_creation_input_tokens: 20,
  output_tokens_details: { thinking_tokens: 50 },
};
const choices = [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "hi" } }];

/** For each provider: its settings, the body that its server sends, and the same body without an answer. */
const KINDS: Readonly<
  Record<string, readonly { settings: () => object; answer: object; failure?: object }[]>
> = {
  openai: [
    {
      settings: () => ({ model: "m", base_url: `${origin}/v1` }),
      answer: { choices, usage: chat },
      failure: { choices: [], usage: chat },
    },
    {
      settings: () => ({ model: "m", base_url: `${origin}/v1`, api: "responses" }),
      answer: {
        output: [{ type: "message", content: [{ type: "output_text", text: "hi" }] }],
        usage: responses,
      },
      failure: { error: { message: "broke" }, usage: responses },
    },
  ],
  anthropic: [
    {
      settings: () => ({ model: "m", base_url: origin, api_key_env: "KEY" }),
      answer: { content: [{ type: "text", text: "hi" }], usage: messages },
      failure: { usage: messages },
    },
  ],
  http: [
    {
      settings: () => ({
        url: `${origin}/ask`,
        answer: "$.said",
        usage: {
          input_tokens: "$.in",
          output_tokens: "$.out",
          cached_input_tokens: "$.hit",
          cache_write_tokens: "$.put",
          reasoning_tokens: "$.mind",
        },
      }),
      answer: { said: "hi", in: 900, out: 70, hit: 640, put: 20, mind: 50 },
      failure: { in: 900, out: 70, hit: 640, put: 20, mind: 50 },
    },
  ],
  command: [
    {
      settings: () => ({ command: [process.execPath, "-e", `console.log(${JSON.stringify(OURS)})`] }),
      answer: {},
    },
  ],
  module: [{ settings: () => ({ file: "bot.mjs" }), answer: {} }],
  outputs: [{ settings: () => ({ file: "outputs.jsonl" }), answer: {} }],
  replay: [{ settings: () => ({ of: "m", file: "recording.jsonl" }), answer: {} }],
};

async function askedAs(kind: string, settings: object, sent: object): Promise<Reply> {
  body = sent;
  const root = mkdtempSync(join(tmpdir(), "evals-usage-"));
  writeFileSync(join(root, "bot.mjs"), `export default () => (${OURS});\n`);
  writeFileSync(join(root, "outputs.jsonl"), `${JSON.stringify({ case: "c1", ...JSON.parse(OURS) })}\n`);
  const recorded: OpenTarget = {
    client: scriptedClient(),
    identity: {},
    label: "m",
    files: [],
    cacheable: true,
    price: null,
  };
  const question = questionOf({
    messages: kind === "openai" || kind === "anthropic" ? [{ role: "user", content: "q" }] : null,
  });
  const request = hashJson(recorded.client.prepare(question));
  writeFileSync(
    join(root, "recording.jsonl"),
    `${recordingLine({ case: "c1", trial: 1, request }, { kind: "answered", output: "hi", usage: USAGE })}\n`,
  );
  const provider = await providers.load(kind);
  const target = await provider?.open(
    provider.settings.parse({ provider: kind, ...settings }),
    fakeHost({ root, env: { KEY: "k" }, caseIds: () => ["c1"], open: async () => recorded }),
  );
  if (target === undefined) throw new Error(`no ${kind}`);
  try {
    return await ask(target, question);
  } finally {
    await target.client.close();
  }
}

describe.each(providers.names)("the usage of %s", (kind) => {
  it("is the same as that of every other provider", async () => {
    const ways = KINDS[kind] ?? [];
    expect(ways.length).toBeGreaterThan(0);
    for (const { settings, answer } of ways)
      expect(await askedAs(kind, settings(), answer)).toMatchObject({ kind: "answered", usage: USAGE });
  });

  it.runIf(KINDS[kind]?.some(({ failure }) => failure !== undefined))(
    "is kept when the reply has no answer",
    async () => {
      for (const { settings, failure } of KINDS[kind] ?? [])
        if (failure !== undefined)
          expect(await askedAs(kind, settings(), failure)).toMatchObject({ kind: "failed", usage: USAGE });
    },
  );
});
