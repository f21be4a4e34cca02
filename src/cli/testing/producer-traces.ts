import { braintrust, langfuse, langsmith, phoenix } from "./platform-traces.ts";
import { ABOUT, ANSWER, ARGUMENTS, AT, CALLS, json, MODEL, RESULT, TRACE_ID } from "./sample-conversation.ts";

/** The same production conversation as one producer writes it. */
export interface ProducerTraces {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  /** Name of the convention that evals must recognize. */
  readonly convention: string;
}

const nano = (ms: number): string => `${AT + ms}000000`;

function wrapped(value: unknown): object {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(wrapped) } };
  return typeof value === "number" ? { intValue: String(value) } : { stringValue: String(value) };
}
const keyed = (attributes: object) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: wrapped(value) }));

interface OtlpSpan {
  readonly id: string;
  readonly parent?: string;
  readonly name: string;
  readonly ms: number;
  readonly attributes: object;
}

/** One line of OTLP per span, the last span first, because files have no fixed order. */
export function otlpLines(spans: readonly OtlpSpan[], trace = TRACE_ID): string[] {
  return [...spans].reverse().map(({ id, parent = "", name, ms, attributes }) =>
    json({
      resourceSpans: [
        {
          resource: { attributes: keyed({ "service.name": "shop-bot" }) },
          scopeSpans: [
            {
              spans: [
                {
                  ...{
                    traceId: trace,
                    spanId: id.padStart(16, "0"),
                    parentSpanId: parent === "" ? "" : parent.padStart(16, "0"),
                  },
                  ...{
                    name,
                    startTimeUnixNano: nano(ms),
                    endTimeUnixNano: nano(ms + 100),
                    attributes: keyed(attributes),
                  },
                },
              ],
            },
          ],
        },
      ],
    }),
  );
}

const parts = ({ role, content, ...more }: { role: string; content: string | null }) => ({
  role,
  parts:
    "tool_calls" in more
      ? [{ type: "tool_call", id: "c1", name: "find_order", arguments: ARGUMENTS }]
      : role === "tool"
        ? [{ type: "tool_call_response", id: "c1", response: RESULT }]
        : [{ type: "text", content }],
});

/** The conversation's spans in the newer conventions of OpenTelemetry. */
export const GENAI_SPANS: readonly OtlpSpan[] = [
  {
    id: "1",
    name: "invoke_agent shop",
    ms: 0,
    attributes: { "gen_ai.operation.name": "invoke_agent", ...ABOUT },
  },
  ...CALLS.map(({ given, reply, usage }, at) => ({
    ...{ id: `2${at}`, parent: "1", name: "chat", ms: 10 + 200 * at },
    attributes: {
      ...{ "gen_ai.operation.name": "chat", "gen_ai.response.model": MODEL, "acme.flag": "x" },
      "gen_ai.usage.input_tokens": usage.input,
      "gen_ai.usage.output_tokens": usage.output,
      "gen_ai.usage.cache_read.input_tokens": usage.cached,
      "gen_ai.input.messages": json(given.map(parts)),
      "gen_ai.output.messages": json([parts(reply)]),
    },
  })),
  {
    ...{ id: "3", parent: "1", name: "execute_tool find_order", ms: 120 },
    attributes: {
      ...{
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "find_order",
        "gen_ai.tool.call.id": "c1",
      },
      "gen_ai.tool.call.arguments": json(ARGUMENTS),
      "gen_ai.tool.call.result": json(RESULT),
    },
  },
  {
    id: "4",
    parent: "20",
    name: "POST dana.kirk@example.com",
    ms: 20,
    attributes: { "url.full": "https://x" },
  },
];

const AI_SDK: readonly OtlpSpan[] = [
  {
    ...{ id: "1", name: "ai.generateText", ms: 0 },
    attributes: {
      "ai.operationId": "ai.generateText",
      "ai.telemetry.metadata.sessionId": "s-1",
      "ai.telemetry.metadata.userId": "user-7-of-northwind",
      "ai.telemetry.metadata.tags": ["canary", "de"],
    },
  },
  ...CALLS.map(({ given, reply, usage }, at) => ({
    ...{ id: `2${at}`, parent: "1", name: "ai.generateText.doGenerate", ms: 10 + 200 * at },
    attributes: {
      "ai.operationId": "ai.generateText.doGenerate",
      "ai.model.id": MODEL,
      "ai.usage.inputTokens": usage.input,
      "ai.usage.outputTokens": usage.output,
      "ai.usage.cachedInputTokens": usage.cached,
      "ai.prompt.messages": json(
        given.map((message) =>
          "tool_calls" in message
            ? {
                role: "assistant",
                content: [{ type: "tool-call", toolCallId: "c1", toolName: "find_order", input: ARGUMENTS }],
              }
            : message.role === "tool"
              ? {
                  role: "tool",
                  content: [
                    {
                      type: "tool-result",
                      toolCallId: "c1",
                      toolName: "find_order",
                      output: { type: "json", value: RESULT },
                    },
                  ],
                }
              : {
                  role: message.role,
                  content:
                    message.role === "user" ? [{ type: "text", text: message.content }] : message.content,
                },
        ),
      ),
      ...("tool_calls" in reply
        ? {
            "ai.response.toolCalls": json([
              { toolCallId: "c1", toolName: "find_order", input: json(ARGUMENTS) },
            ]),
          }
        : { "ai.response.text": ANSWER }),
    },
  })),
];

const lines = (rows: readonly unknown[]): string => rows.map((row) => `${json(row)}\n`).join("");

export const PRODUCERS: readonly ProducerTraces[] = [
  {
    ...{
      name: "OpenTelemetry, a line a span",
      file: "spans.jsonl",
      convention: "OpenTelemetry GenAI 1.37 to 1.41",
    },
    text: `${otlpLines(GENAI_SPANS).join("\n")}\n`,
  },
  {
    ...{
      name: "OpenTelemetry, one document",
      file: "spans.json",
      convention: "OpenTelemetry GenAI 1.37 to 1.41",
    },
    text: json({ resourceSpans: otlpLines(GENAI_SPANS).flatMap((line) => JSON.parse(line).resourceSpans) }),
  },
  { name: "the AI SDK", file: "spans.jsonl", text: otlpLines(AI_SDK).join("\n"), convention: "AI SDK" },
  {
    name: "Langfuse",
    file: "observations.json",
    text: JSON.stringify(langfuse, null, 1),
    convention: "Langfuse",
  },
  { name: "LangSmith", file: "runs.jsonl", text: lines(langsmith), convention: "LangSmith" },
  { name: "Braintrust", file: "logs.jsonl", text: lines(braintrust), convention: "Braintrust" },
  { name: "Phoenix", file: "phoenix.json", text: json(phoenix), convention: "Phoenix (OpenInference)" },
];
