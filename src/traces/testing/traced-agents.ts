import { fileURLToPath } from "node:url";
import { askOf, SCRIPTED_TOOLS } from "./scripted-runs.ts";

// For tests only: one agent under four instrumentations, as programs that send their spans to the URL in
// COLLECTOR.

/** A module that sends spans with OpenTelemetry's SDK. */
export const TELEMETRY = `import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
// By default it drops spans while 30 requests are in flight.
const exporter = new OTLPTraceExporter({ url: process.env.COLLECTOR, concurrencyLimit: 10_000 });
export const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
`;

/** A module that all programs share: the tools with their schemas, and the users' messages. */
const SHARED = `${SCRIPTED_TOOLS}
import { z } from "zod";
export const SYSTEM = "Help.";
export const asks = JSON.parse(process.env.ASKS);
const shapes = {
  find_order: { id: z.string() },
  refund: { id: z.string(), amount: z.number() },
  search: { query: z.string() },
  note: { text: z.string(), tags: z.array(z.string()).optional(), at: z.any().optional() },
  count: {},
  check: { id: z.string() },
};
export const tools = Object.entries(shop).map(([name, run]) => ({ name, description: name, schema: z.object(shapes[name]), run }));
export const functions = tools.map(({ name, description, schema }) => ({
  type: "function", function: { name, description, parameters: z.toJSONSchema(schema) },
}));
`;

/** An agent loop written by hand around OpenAI's client: `chat` calls the model, `use` runs a tool. */
const LOOP = `import { SYSTEM } from "./shared.mjs";
export async function converse(ask, { chat, use }) {
  const messages = [{ role: "system", content: SYSTEM }, { role: "user", content: ask }];
  for (;;) {
    const said = await chat(messages);
    messages.push(said);
    if (!said.tool_calls) return said.content;
    messages.push(...(await Promise.all(said.tool_calls.map(async (call) => {
      const given = JSON.parse(call.function.arguments);
      const content = await use(call, given).then(
        (result) => (typeof result === "string" ? result : JSON.stringify(result)),
        (error) => JSON.stringify({ error: error.message }),
      );
      return { role: "tool", tool_call_id: call.id, content };
    }))));
  }
}
`;

const PROGRAMS = {
  /** Spans written by hand with OpenTelemetry's SDK, with the names of its conventions. */
  "OpenTelemetry JS SDK": `import { SpanStatusCode, trace } from "@opentelemetry/api";
import OpenAI from "openai";
import { provider } from "./telemetry.mjs";
import { converse } from "./loop.mjs";
import { SYSTEM, asks, functions, shop } from "./shared.mjs";
const client = new OpenAI({ apiKey: "k", baseURL: process.env.MODEL_URL });
const tracer = trace.getTracer("clerk");
const json = JSON.stringify;
const parts = ({ role, content, tool_calls = [], tool_call_id }) => ({
  role,
  parts: role === "tool"
    ? [{ type: "tool_call_response", id: tool_call_id, response: content }]
    : [...(content ? [{ type: "text", content }] : []),
       ...tool_calls.map(({ id, function: f }) => ({ type: "tool_call", id, name: f.name, arguments: JSON.parse(f.arguments) }))],
});
const span = (name, attributes, work) => tracer.startActiveSpan(name, { attributes }, async (one) => {
  try { return await work(one); } catch (error) {
    one.recordException(error);
    one.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    throw error;
  } finally { one.end(); }
});
const chat = (messages) => span("chat m", {
  "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "m",
  "gen_ai.system_instructions": json([{ type: "text", content: SYSTEM }]),
  "gen_ai.input.messages": json(messages.slice(1).map(parts)),
}, async (one) => {
  const { model, choices, usage } = await client.chat.completions.create({ model: "m", messages, tools: functions });
  const [{ message, finish_reason }] = choices;
  one.setAttributes({
    "gen_ai.response.model": model, "gen_ai.response.finish_reasons": [finish_reason],
    "gen_ai.usage.input_tokens": usage.prompt_tokens, "gen_ai.usage.output_tokens": usage.completion_tokens,
    "gen_ai.output.messages": json([{ ...parts(message), finish_reason }]),
  });
  return message;
});
const use = ({ id, function: { name } }, given) => span("execute_tool " + name, {
  "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name, "gen_ai.tool.call.id": id, "gen_ai.tool.call.arguments": json(given),
}, async (one) => {
  const result = shop[name](given);
  one.setAttribute("gen_ai.tool.call.result", typeof result === "string" ? result : json(result));
  return result;
});
for (const ask of asks)
  await span("invoke_agent clerk", { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "clerk" }, () => converse(ask, { chat, use }));
await provider.shutdown();
`,
  /** OpenInference's instrumentation of the same client, and its wrappers around agent and tools. */
  OpenInference: `import { traceAgent, traceTool } from "@arizeai/openinference-core";
import { OpenAIInstrumentation } from "@arizeai/openinference-instrumentation-openai";
import OpenAI from "openai";
import { provider } from "./telemetry.mjs";
import { converse } from "./loop.mjs";
import { asks, functions, shop } from "./shared.mjs";
const instrumentation = new OpenAIInstrumentation();
instrumentation.setTracerProvider(provider);
instrumentation.manuallyInstrument(OpenAI);
const client = new OpenAI({ apiKey: "k", baseURL: process.env.MODEL_URL });
const chat = async (messages) =>
  (await client.chat.completions.create({ model: "m", messages, tools: functions })).choices[0].message;
const traced = Object.fromEntries(Object.entries(shop).map(([name, run]) => [name, traceTool(async (given) => run(given), { name })]));
const use = ({ function: { name } }, given) => traced[name](given);
const agent = traceAgent((ask) => converse(ask, { chat, use }), { name: "clerk" });
for (const ask of asks) await agent(ask);
await provider.shutdown();
`,
  "AI SDK": `import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, stepCountIs, tool } from "ai";
import { provider } from "./telemetry.mjs";
import { SYSTEM, asks, tools } from "./shared.mjs";
const model = createOpenAICompatible({ name: "m", baseURL: process.env.MODEL_URL })("m");
const own = Object.fromEntries(tools.map(({ name, description, schema, run }) =>
  [name, tool({ description, inputSchema: schema, execute: async (given) => run(given) })]));
for (const prompt of asks)
  await generateText({ model, system: SYSTEM, prompt, tools: own, stopWhen: stepCountIs(9), experimental_telemetry: { isEnabled: true } });
await provider.shutdown();
`,
  /** A LangGraph agent, traced by OpenInference's instrumentation of LangChain. */
  LangGraph: `import { LangChainInstrumentation } from "@arizeai/openinference-instrumentation-langchain";
import * as callbacks from "@langchain/core/callbacks/manager";
import { tool } from "@langchain/core/tools";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import { provider } from "./telemetry.mjs";
import { SYSTEM, asks, tools } from "./shared.mjs";
const instrumentation = new LangChainInstrumentation();
instrumentation.setTracerProvider(provider);
instrumentation.manuallyInstrument(callbacks);
const llm = new ChatOpenAI({ model: "m", apiKey: "k", configuration: { baseURL: process.env.MODEL_URL } });
const graph = createReactAgent({
  llm,
  prompt: SYSTEM,
  tools: tools.map(({ name, description, schema, run }) => tool(async (given) => run(given), { name, description, schema })),
});
for (const ask of asks) await graph.invoke({ messages: [{ role: "user", content: ask }] });
await provider.shutdown();
`,
} as const;

export type Instrumentation = keyof typeof PROGRAMS;
export const INSTRUMENTATIONS = Object.keys(PROGRAMS) as readonly Instrumentation[];

/** The files of a program. Start `agent.mjs` with the variables MODEL_URL, COLLECTOR and ASKS. */
export const agentFiles = (name: Instrumentation): Readonly<Record<string, string>> => ({
  "agent.mjs": PROGRAMS[name],
  "loop.mjs": LOOP,
  "shared.mjs": SHARED,
  "telemetry.mjs": TELEMETRY,
});

/**
 * The runs whose spans are in fixtures, for a test without the packages. They have parallel calls, a list as a
 * result, failures and repeated texts.
 */
export const RECORDED_RUNS: readonly number[] = [3, 9, 11, 17];

/** The file of a program's recorded spans. */
export const recordingPath = (name: Instrumentation): string =>
  fileURLToPath(
    new URL(
      `../../../fixtures/traces/agents/${name.toLowerCase().replaceAll(" ", "-")}.jsonl.gz`,
      import.meta.url,
    ),
  );

/** The requests of some runs among all that were sent to a collector, one line of OTLP JSON each. */
export function recordingOf(
  sent: readonly { readonly resourceSpans: unknown[] }[],
  runs: readonly number[],
): string {
  const lines = sent.map((one) => JSON.stringify(one));
  const traceOf = (line: string): string => /"traceId":"(\w+)"/.exec(line)?.[1] ?? "";
  const wanted = new Set(
    lines.filter((line) => runs.some((run) => line.includes(askOf(run)))).map((line) => traceOf(line)),
  );
  return lines.flatMap((line) => (wanted.has(traceOf(line)) ? [`${line}\n`] : [])).join("");
}
