import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TELEMETRY } from "../../traces/testing/traced-agents.ts";
import { type Asked, agentModel, removeAgentProjects, results, write } from "../testing/agent-project.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

/**
 * Folder with the real packages of agent frameworks (see CONTRIBUTING.md), with which the examples of
 * docs/frameworks.md are run; a scripted model answers. If it is not set, these tests are skipped.
 */
const PACKAGES = process.env.EVALS_REAL_FRAMEWORKS;
const DOCS = readFileSync(fileURLToPath(new URL("../../../docs/frameworks.md", import.meta.url)), "utf8");
const codeOf = (file: string): string =>
  new RegExp(`^\`${file}\`\n\n\`\`\`ts\n([\\s\\S]*?)^\`\`\``, "m").exec(DOCS)?.[1] ?? "";

const SHOP = `import { z } from "zod";
export const schema = { id: z.string() };
export const shop = {
  find_order: { description: "Looks an order up.", run: ({ id }) => ({ id, total: 40 }) },
  refund: {
    description: "Pays an order back.",
    run: ({ id }) => { if (id !== "A-1042") throw new Error("no order " + id); return { paid: 40 }; },
  },
};
export const tools = (make) => Object.entries(shop).map(([name, { description, run }]) => make(name, description, run));
`;

/** The orders of the two cases; the shop does not know the second one. */
const ORDERS = { kettle: "A-1042", lost: "B-7" };
const ANSWER = "I have paid 40 back.";

interface Framework {
  /** The user's code: an agent with two tools. */
  readonly clerk: string;
  readonly prefix?: string;
}
const FRAMEWORKS: Readonly<Record<string, Framework>> = {
  langgraph: {
    clerk: `import { provider } from "./telemetry.ts";
import { tool } from "@langchain/core/tools";
import * as callbacks from "@langchain/core/callbacks/manager";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import { LangChainInstrumentation } from "@arizeai/openinference-instrumentation-langchain";
import { z } from "zod";
import { schema, tools } from "./shop.ts";
const instrumentation = new LangChainInstrumentation();
instrumentation.setTracerProvider(provider);
instrumentation.manuallyInstrument(callbacks);
const llm = new ChatOpenAI({ model: "m", apiKey: "k", configuration: { baseURL: process.env.MODEL_URL } });
export const graph = createReactAgent({ llm, tools: tools((name, description, run) => tool(run, { name, description, schema: z.object(schema) })) });
`,
  },
  "ai-sdk": {
    clerk: `import "./telemetry.ts";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { stepCountIs, tool } from "ai";
import { z } from "zod";
import { schema, tools } from "./shop.ts";
export const clerk = {
  model: createOpenAICompatible({ name: "m", baseURL: process.env.MODEL_URL })("m"),
  tools: Object.fromEntries(tools((name, description, execute) => [name, tool({ description, inputSchema: z.object(schema), execute })])),
  stopWhen: stepCountIs(9),
  experimental_telemetry: { isEnabled: true },
};
`,
  },
  "openai-agents": {
    clerk: `import { provider } from "./telemetry.ts";
import { OpenAIAgentsInstrumentation } from "@arizeai/openinference-instrumentation-openai-agents";
import * as agents from "@openai/agents";
import OpenAI from "openai";
import { z } from "zod";
import { schema, tools } from "./shop.ts";
const { Agent, OpenAIChatCompletionsModel, tool } = agents;
new OpenAIAgentsInstrumentation({ tracerProvider: provider }).manuallyInstrument(agents);
const client = new OpenAI({ apiKey: "k", baseURL: process.env.MODEL_URL });
export const clerk = new Agent({
  name: "clerk",
  instructions: "Help.",
  model: new OpenAIChatCompletionsModel(client, "m"),
  tools: tools((name, description, execute) => tool({ name, description, parameters: z.object(schema), execute })),
});
`,
  },
  "claude-agent": {
    clerk: `import { provider } from "./telemetry.ts";
import { ClaudeAgentSDKInstrumentation } from "@arizeai/openinference-instrumentation-claude-agent-sdk";
import * as sdk from "@anthropic-ai/claude-agent-sdk";
import { schema, tools } from "./shop.ts";
const { createSdkMcpServer, tool } = sdk;
export const { query } = new ClaudeAgentSDKInstrumentation({ tracerProvider: provider }).manuallyInstrument(sdk);
const text = (run) => async (given) => ({ content: [{ type: "text", text: JSON.stringify(run(given)) }] });
const served = () => tools((name, description, run) => tool(name, description, schema, text(run)));
const env = { ...process.env, ANTHROPIC_BASE_URL: process.env.CLAUDE_URL, ANTHROPIC_API_KEY: "sk-unset", CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1" };
export const options = () => ({
  model: "m",
  systemPrompt: "Help.",
  mcpServers: { shop: createSdkMcpServer({ name: "shop", version: "1.0.0", tools: served() }) },
  allowedTools: ["mcp__shop__find_order", "mcp__shop__refund"],
  tools: [],
  settingSources: [],
  env,
});
`,
    prefix: "mcp__shop__",
  },
};

const servers: { close(): void }[] = [];
const spans: { resourceSpans: unknown[] }[] = [];
let urls: { readonly model: string; readonly claude: string; readonly collector: string };

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push({
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function read(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString() || "{}");
}

/** The clerk looks up the order that the person names, pays it back and says so. */
const orderIn = (asked: unknown): string => /\b[AB]-\d+/.exec(JSON.stringify(asked))?.[0] ?? "none";
const clerk = (asked: Asked) => {
  const name = ["find_order", "refund"][results(asked).length];
  return name === undefined ? ANSWER : ([[name, { id: orderIn(asked.messages) }]] as const);
};

/** The clerk over Anthropic's streamed messages. */
const claudeModel: RequestListener = async (request, reply) => {
  const { messages = [], model } = await read(request);
  const results = messages.flatMap(({ content }: { content: unknown }) =>
    Array.isArray(content) ? content.filter(({ type }) => type === "tool_result") : [],
  ).length;
  const name = ["find_order", "refund"][results];
  const send = (type: string, more: object) =>
    reply.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`);
  reply.writeHead(200, { "content-type": "text/event-stream" });
  const usage = { input_tokens: 100, output_tokens: 0 };
  const message = { id: `msg_${results}`, type: "message", role: "assistant", model, content: [], usage };
  send("message_start", { message: { ...message, stop_reason: null, stop_sequence: null } });
  const block = name
    ? { type: "tool_use", id: `toolu_${results}`, name: `mcp__shop__${name}`, input: {} }
    : { type: "text", text: "" };
  send("content_block_start", { index: 0, content_block: block });
  const delta = name
    ? { type: "input_json_delta", partial_json: JSON.stringify({ id: orderIn(messages) }) }
    : { type: "text_delta", text: ANSWER };
  send("content_block_delta", { index: 0, delta });
  send("content_block_stop", { index: 0 });
  const stop_reason = name ? "tool_use" : "end_turn";
  send("message_delta", { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 10 } });
  send("message_stop", {});
  reply.end();
};

beforeAll(async () => {
  const collector = await serve(async (request, reply) => {
    spans.push(await read(request));
    reply.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  urls = {
    model: (await agentModel(clerk)).url,
    claude: await serve(claudeModel),
    collector: `${collector}/v1/traces`,
  };
});
afterAll(() => {
  removeAgentProjects();
  for (const one of servers.splice(0)) one.close();
  for (const one of open.splice(0)) one.remove();
});
const open: Scenario[] = [];

function project(name: string, { clerk: own, prefix = "" }: Framework): Scenario {
  const repo = scenario(null);
  open.push(repo);
  symlinkSync(join(PACKAGES ?? "", "node_modules"), join(repo.root, "node_modules"), "dir");
  mkdirSync(join(repo.root, "fixtures"));
  const files = {
    [`${name}.ts`]: codeOf(`agents/${name}.ts`).replace(
      'import { query } from "@anthropic-ai/claude-agent-sdk"',
      'import { query } from "./clerk.ts"',
    ),
    "clerk.ts": own,
    "shop.ts": SHOP,
    "telemetry.ts": TELEMETRY,
  };
  for (const [file, text] of Object.entries(files)) write(repo, `agents/${file}`, text);
  write(repo, "package.json", '{"type":"module"}\n');
  write(repo, ".env", `MODEL_URL=${urls.model}\nCLAUDE_URL=${urls.claude}\nCOLLECTOR=${urls.collector}\n`);
  write(
    repo,
    "evalconfig.yaml",
    `models:\n  clerk: { provider: module, file: agents/${name}.ts, timeout: 120s }\n  traced: { provider: outputs, file: fixtures/traced.jsonl }\n`,
  );
  const scorers = `scorers:
  - { type: tool-calls, value: [{ name: ${prefix}find_order }, { name: ${prefix}refund }], order: exact, arguments: partial }
  - { type: tool-errors }
  - { type: says, value: ["40"] }
  - { type: steps, max: 3 }
`;
  write(repo, "evals/live.yaml", `dataset: d\nmodel: clerk\ntrials: 1\n${scorers}`);
  write(repo, "evals/traced.yaml", `dataset: d\nmodel: traced\ntrials: 1\n${scorers}`);
  write(
    repo,
    "datasets/d.jsonl",
    Object.entries(ORDERS)
      .map(
        ([id, order]) => `{"id":"${id}","input":{"message":"${order} came broken, please pay me back."}}\n`,
      )
      .join(""),
  );
  return repo;
}

async function ran(repo: Scenario, suite: string) {
  const { stdout } = await repo.evals(`run ${suite} --json`);
  const trials = [];
  for (const id of Object.keys(ORDERS)) {
    const { stdout: shown } = await repo.evals(`show latest/${id} --json`);
    trials.push(JSON.parse(shown).trials[0]);
  }
  const [kettle, lost] = trials;
  return { problems: JSON.stringify(JSON.parse(stdout).problems), trials: { kettle, lost } };
}

/** A line of outputs with the spans of the case's trace, as a collector got them. */
function tracedLine(id: string, order: string): string {
  const sent = spans.flatMap((one) => one.resourceSpans).map((one) => JSON.stringify(one));
  const traceIn = (text: string) => /"traceId":"(\w+)"/.exec(text)?.[1];
  const wanted = sent.filter((text) => text.includes(order)).map(traceIn);
  const own = sent.filter((text) => wanted.includes(traceIn(text)));
  expect(own.length).toBeGreaterThan(2);
  return `{"case":"${id}","output":"${ANSWER}","messages":{"resourceSpans":[${own}]}}\n`;
}

describe.skipIf(PACKAGES === undefined)("an agent of", () => {
  it.each(Object.entries(FRAMEWORKS))(
    "%s is tested by the lines of the documentation, and scores the same by its traces",
    async (name, framework) => {
      const { prefix = "" } = framework;
      expect(codeOf(`agents/${name}.ts`).trimEnd().split("\n").length).toBeLessThanOrEqual(14);
      spans.length = 0;
      const repo = project(name, framework);
      const live = await ran(repo, "live");
      const asked = (order: string) => ({ name: `${prefix}find_order`, arguments: { id: order }, step: 1 });
      const paid = (order: string) => ({ name: `${prefix}refund`, arguments: { id: order }, step: 2 });
      const usage = { input_tokens: 300, output_tokens: 30 };
      expect(live.trials, live.problems).toMatchObject({
        kettle: {
          pass: true,
          transcript: {
            ...{ output: ANSWER, steps: 3, usage },
            tool_calls: [
              { ...asked("A-1042"), result: { id: "A-1042", total: 40 }, error: null },
              { ...paid("A-1042"), result: { paid: 40 }, error: null },
            ],
          },
        },
        lost: {
          pass: false,
          failure: { class: "tool-failure" },
          transcript: {
            ...{ output: ANSWER, steps: 3, usage },
            tool_calls: [
              { ...asked("B-7"), result: { id: "B-7", total: 40 }, error: null },
              {
                ...paid("B-7"),
                result: null,
                error: expect.stringMatching(/no order B-7|while running the tool/),
              },
            ],
          },
        },
      });
      const lines = Object.entries(ORDERS).map(([id, order]) => tracedLine(id, order));
      write(repo, "fixtures/traced.jsonl", lines.join(""));
      const traced = await ran(repo, "traced");
      const said = ({ trials }: typeof live) =>
        Object.values(trials).map(({ pass, scores, failure, transcript: { tool_calls, usage } }) => ({
          ...{ pass, failure: failure?.class },
          scores: scores.map((one: { pass: boolean; value: number }) => [one.pass, one.value]),
          calls: tool_calls.map((one: Record<string, unknown>) => [one.name, one.arguments, one.result]),
          spent: [usage.input_tokens, usage.output_tokens],
        }));
      expect(said(traced), traced.problems).toEqual(said(live));
    },
    240_000,
  );
});
