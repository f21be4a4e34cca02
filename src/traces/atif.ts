import { membersIn } from "../domain/found-documents.ts";
import type { Json } from "../domain/json.ts";
import type { Message, ToolCall } from "../domain/message.ts";
import type { KnownUsage } from "../domain/transcript.ts";
import type { TracedConversation } from "./conversation-of-spans.ts";
import { parsedValue } from "./trace-messages.ts";

type Members = Readonly<Record<string, unknown>>;

const SOURCES = { user: "user", agent: "assistant", system: "system" } as const;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const countOf = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;

function callOf(value: unknown): ToolCall | undefined {
  const { tool_call_id, function_name, arguments: asked } = membersIn(value);
  if (typeof function_name !== "string") return undefined;
  return {
    ...(typeof tool_call_id === "string" && { id: tool_call_id }),
    name: function_name,
    arguments: parsedValue(asked ?? {}),
  };
}

/** The content of a step's message: text or, from version 1.6 of the format on, a list of parts. */
function contentOf(message: unknown, calls: readonly ToolCall[]): Message["content"] {
  if (Array.isArray(message)) {
    const texts = message.map((part) => membersIn(part).text);
    return texts.every((text) => typeof text === "string") ? texts.join("") : (message as readonly Json[]);
  }
  const text = typeof message === "string" ? message : "";
  return text === "" && calls.length > 0 ? null : text;
}

/** Messages with tool results, matched by call id or else by position. */
function resultMessages(observation: unknown, calls: readonly ToolCall[]): readonly Message[] {
  return listOf(membersIn(observation).results).flatMap((one, index): Message[] => {
    const { source_call_id, content } = membersIn(one);
    if (content === undefined) return [];
    const id = typeof source_call_id === "string" ? source_call_id : calls[index]?.id;
    const text = Array.isArray(content) ? contentOf(content, []) : content;
    return [
      {
        role: "tool",
        content: typeof text === "string" ? text : JSON.stringify(parsedValue(text)),
        ...(id !== undefined && { tool_call_id: id }),
      },
    ];
  });
}

/** The messages of a step; undefined when the value is not a valid step. */
function messagesOfStep(value: unknown): readonly Message[] | undefined {
  const { source, message, tool_calls, observation } = membersIn(value);
  const role = Object.hasOwn(SOURCES, String(source)) ? SOURCES[source as keyof typeof SOURCES] : undefined;
  const read = listOf(tool_calls).map(callOf);
  if (role === undefined || read.includes(undefined)) return undefined;
  const calls = read as readonly ToolCall[];
  const content = contentOf(message, calls);
  const results = resultMessages(observation, calls);
  // A system step may contain only tool results.
  const added: Message[] =
    role !== "assistant" && content === "" && results.length > 0
      ? []
      : [{ role, content, ...(calls.length > 0 && { tool_calls: calls }) }];
  return [...added, ...results];
}

const METRICS = {
  input_tokens: ["prompt_tokens", "total_prompt_tokens"],
  output_tokens: ["completion_tokens", "total_completion_tokens"],
  cached_input_tokens: ["cached_tokens", "total_cached_tokens"],
} as const;

/** The totals given in the document, or else the sums over its steps, if every step of the agent reports its usage. */
function usageOf(document: Members, agentSteps: readonly Members[]): KnownUsage | undefined {
  const totals = membersIn(document.final_metrics);
  const usage: KnownUsage = {};
  for (const [field, [ofStep, ofAll]] of Object.entries(METRICS)) {
    const counts = agentSteps.map(({ metrics }) => countOf(membersIn(metrics)[ofStep]));
    const all = counts.length > 0 && !counts.includes(undefined);
    const total =
      countOf(totals[ofAll]) ?? (all ? counts.reduce<number>((sum, one) => sum + (one ?? 0), 0) : undefined);
    if (total !== undefined) usage[field as keyof typeof METRICS] = total;
  }
  return Object.keys(usage).length === 0 ? undefined : usage;
}

function unreadOf({ subagent_trajectories, schema_version, steps }: Members): readonly string[] {
  const others = listOf(subagent_trajectories).length;
  const ids = listOf(steps).map((step) => membersIn(step).step_id);
  const inOrder = ids.every((id, index) => id === undefined || id === index + 1);
  return [
    ...(others > 0
      ? [
          `${others} ${others === 1 ? "trajectory of a sub-agent" : "trajectories of sub-agents"}: only the agent's own trajectory is read`,
        ]
      : []),
    ...(inOrder ? [] : ["step ids that do not count from 1: the steps keep their order in the file"]),
    ...(/^ATIF-v1\.[0-7]$/i.test(String(schema_version))
      ? []
      : [`version ${String(schema_version)}: read as ATIF-v1.7`]),
  ];
}

/** Converts an ATIF trajectory (versions 1.0 to 1.7) to a conversation; undefined when a step is invalid. */
export function conversationOfAtif(value: unknown): TracedConversation | undefined {
  const document = membersIn(value);
  const steps = listOf(document.steps).map(membersIn);
  const messages = steps.map(messagesOfStep);
  if (messages.includes(undefined)) return undefined;
  const agentSteps = steps.filter(({ source }) => source === "agent");
  const model = agentSteps.map(({ model_name }) => model_name).findLast((one) => typeof one === "string");
  const named = model ?? membersIn(document.agent).model_name;
  const cost = membersIn(document.final_metrics).total_cost_usd;
  return {
    messages: messages.flatMap((one) => one ?? []),
    retrievals: undefined,
    steps: agentSteps.length > 0 ? agentSteps.length : undefined,
    usage: usageOf(document, agentSteps),
    ...(typeof cost === "number" && cost >= 0 && { cost_usd: cost }),
    model: typeof named === "string" ? named : undefined,
    conventions: [],
    unread: unreadOf(document),
  };
}
