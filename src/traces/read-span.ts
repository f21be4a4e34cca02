import { documentOf, membersIn } from "../domain/found-documents.ts";
import type { Json } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import { readToolResult } from "../domain/tool-text.ts";
import type { FoundDocument } from "../domain/trajectory.ts";
import { type KnownUsage, USAGE_FIELDS } from "../domain/transcript.ts";
import {
  CHOICE_EVENT,
  CONTENT_EVENTS,
  CONVENTIONS,
  type Convention,
  FIRST_RELEASE,
  type Field,
  KINDS,
  LISTS,
  MESSAGE_EVENTS,
  NAMES,
  SIGNS,
} from "./attribute-names.ts";
import type { Attributes, Span } from "./span.ts";
import { callsOf, messagesOfList, messagesOfOne, parsedValue } from "./trace-messages.ts";

/** Usage, cost and model in a span: of one model call, or of all model calls of an agent. */
export interface SpentInSpan {
  readonly usage: KnownUsage | undefined;
  /** Whether the usage covers all model calls of the trace. */
  readonly isUsageOfAll: boolean;
  /** US dollars; undefined when unknown. */
  readonly cost: number | undefined;
  readonly model: string | undefined;
}

/** A model call: the conversation that was sent to the model, and the model's reply. */
export interface ModelSpan extends SpentInSpan {
  readonly kind: "model";
  readonly input: readonly Message[];
  readonly output: readonly Message[];
}

/** A tool call. */
export interface ToolSpan {
  readonly kind: "tool";
  readonly id: string | undefined;
  readonly name: string;
  /** The arguments of the call; undefined when unknown. */
  readonly arguments: Json | undefined;
  readonly result: Json | undefined;
  readonly error: string | undefined;
  readonly latency_ms: number | undefined;
}

/** A document retrieval. */
export interface RetrievalSpan {
  readonly kind: "retrieval";
  readonly query: string | null;
  readonly documents: readonly FoundDocument[];
}

/** A span around other spans: an agent or a workflow. Its values are used where the inner spans have none. */
export interface AgentSpan extends SpentInSpan {
  readonly kind: "agent";
  /** The agent's name; undefined for a workflow, chain or task, which contains other spans without being an agent. */
  readonly name: string | undefined;
  readonly given: readonly Message[];
  readonly gave: readonly Message[];
}

export type SpanContent = ModelSpan | ToolSpan | RetrievalSpan | AgentSpan;

function firstOf(attributes: Attributes, field: Field): unknown {
  for (const name of NAMES[field]) if (attributes[name] != null) return attributes[name];
  return undefined;
}

function textOf(attributes: Attributes, field: Field): string | undefined {
  const value = firstOf(attributes, field);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * Collects attributes such as `prefix.0.message.role` and `prefix.0.message.tool_calls.0.…` into a list of objects. The
 * list is empty when no attribute begins with the prefix.
 */
export function flattened(attributes: Attributes, prefix: string): readonly unknown[] {
  const root: Record<string, unknown> = Object.create(null);
  const beginning = `${prefix}.`;
  for (const name of Object.keys(attributes)) {
    if (!name.startsWith(beginning)) continue;
    const steps = name.slice(prefix.length + 1).split(".");
    let at = root;
    for (const step of steps.slice(0, -1)) {
      const inner = at[step];
      const next = inner !== null && typeof inner === "object" ? inner : Object.create(null);
      at[step] = next;
      at = next as typeof at;
    }
    at[steps.at(-1) ?? ""] = attributes[name];
  }
  const list = (value: unknown): readonly unknown[] => {
    const members = membersIn(value);
    return Object.keys(members)
      .filter((name) => /^\d+$/.test(name))
      .sort((a, b) => Number(a) - Number(b))
      .map((name) => lists(members[name]));
  };
  const lists = (value: unknown): unknown => {
    const names = Object.keys(membersIn(value));
    if (names.length === 0) return value;
    if (names.every((name) => /^\d+$/.test(name))) return list(value);
    return Object.fromEntries(Object.entries(membersIn(value)).map(([name, one]) => [name, lists(one)]));
  };
  return list(root);
}

/** Unwraps a flattened message. OpenInference puts each object into a member named after its kind, such as `message`. */
function unwrapped(value: unknown): unknown {
  const outer = membersIn(value);
  const message = outer.message === undefined ? outer : membersIn(outer.message);
  const contents = message.contents;
  return {
    ...message,
    ...(Array.isArray(message.tool_calls) && {
      tool_calls: message.tool_calls.map((one) => membersIn(one).tool_call ?? one),
    }),
    ...(Array.isArray(contents) && {
      contents: contents.map((one) => membersIn(one).message_content ?? one),
    }),
  };
}

function flatMessages(attributes: Attributes, prefixes: readonly string[]): readonly Message[] {
  for (const prefix of prefixes) {
    const list = flattened(attributes, prefix);
    if (list.length > 0) return list.flatMap((one) => messagesOfOne(unwrapped(one)));
  }
  return [];
}

function eventMessages({ events }: Span): { readonly input: Message[]; readonly output: Message[] } {
  const input: Message[] = [];
  const output: Message[] = [];
  for (const { name, attributes } of events) {
    const role = MESSAGE_EVENTS[name];
    if (role !== undefined) input.push(...messagesOfOne({ role, ...attributes }));
    if (name === CHOICE_EVENT) output.push(...messagesOfList(attributes.message ?? attributes, "assistant"));
  }
  return { input, output };
}

function systemMessages(attributes: Attributes): readonly Message[] {
  const value = firstOf(attributes, "system");
  if (value === undefined) return [];
  const parts = parsedValue(value);
  return messagesOfOne({ role: "system", parts: Array.isArray(parts) ? parts : [parts] });
}

/** The reply of a model span that has the reply's text and tool calls in separate attributes. */
function replyInParts(attributes: Attributes): readonly Message[] {
  const text = textOf(attributes, "reply_text");
  const calls = callsOf(firstOf(attributes, "reply_calls"));
  if (text === undefined && calls.length === 0) return [];
  return [{ role: "assistant", content: text ?? null, ...(calls.length > 0 && { tool_calls: calls }) }];
}

function usageOf(attributes: Attributes): KnownUsage | undefined {
  const usage: KnownUsage = {};
  for (const field of USAGE_FIELDS) {
    const count = Number(firstOf(attributes, field) ?? Number.NaN);
    if (Number.isSafeInteger(count) && count >= 0) usage[field] = count;
  }
  return Object.keys(usage).length === 0 ? undefined : usage;
}

/** A non-negative amount, given as a number or numeric text; undefined for any other value. */
export function amountOf(value: unknown): number | undefined {
  const amount = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof amount === "number" && Number.isFinite(amount) && amount >= 0 ? amount : undefined;
}

function spentIn(attributes: Attributes): SpentInSpan {
  return {
    usage: usageOf(attributes),
    isUsageOfAll: firstOf(attributes, "usage_of") === "trial",
    cost: amountOf(firstOf(attributes, "cost")),
    model: textOf(attributes, "model"),
  };
}

const firstFilled = (...lists: (readonly Message[])[]): readonly Message[] =>
  lists.find((list) => list.length > 0) ?? [];

/** The attributes of a span, including those in its events. */
function allAttributes({ attributes, events }: Span): Attributes {
  const inEvents = events.filter(({ name }) => CONTENT_EVENTS.has(name)).map((one) => one.attributes);
  return inEvents.length === 0 ? attributes : Object.assign(Object.create(null), attributes, ...inEvents);
}

function modelSpan(span: Span, attributes: Attributes): ModelSpan {
  const fromEvents = eventMessages(span);
  const input = firstFilled(
    messagesOfList(firstOf(attributes, "input"), "user"),
    flatMessages(attributes, LISTS.input),
    fromEvents.input,
    messagesOfList(attributes["input.value"], "user"),
  );
  const system = systemMessages(attributes);
  const output = firstFilled(
    messagesOfList(firstOf(attributes, "output"), "assistant"),
    flatMessages(attributes, LISTS.output),
    replyInParts(attributes),
    fromEvents.output,
    messagesOfList(attributes["output.value"], "assistant"),
  );
  return {
    kind: "model",
    input: input.some(({ role }) => role === "system") ? input : [...system, ...input],
    output,
    ...spentIn(attributes),
  };
}

/** The tool's name in a span name: `execute_tool find_order`, `find_order.tool`. */
const nameInSpan = (name: string): string =>
  name.replace(/^(?:execute_tool|tool)[ :]/, "").replace(/\.tool$/, "");

function toolSpan(span: Span, attributes: Attributes): ToolSpan {
  const asked = firstOf(attributes, "tool_arguments") ?? firstOf(attributes, "given");
  const gave = firstOf(attributes, "tool_result") ?? firstOf(attributes, "gave");
  const result = gave === undefined ? undefined : readToolResult(gave);
  const took = span.end > span.start && span.start > 0n ? Number(span.end - span.start) / 1e6 : undefined;
  return {
    kind: "tool",
    id: textOf(attributes, "tool_id"),
    name:
      textOf(attributes, "tool_name") ??
      (attributes["traceloop.entity.name"] as string) ??
      nameInSpan(span.name),
    arguments: asked === undefined ? undefined : parsedValue(asked),
    result: result?.value,
    error: span.error ?? result?.error,
    latency_ms: took,
  };
}

function documentsOf(attributes: Attributes): readonly FoundDocument[] {
  const written = parsedValue(firstOf(attributes, "documents") ?? null);
  const list = Array.isArray(written)
    ? written
    : flattened(attributes, LISTS.documents[0]).map((one) => membersIn(one).document ?? one);
  return list.flatMap((one) => {
    const { content, text, ...rest } = membersIn(one);
    return documentOf({ ...rest, text: text ?? content }) ?? [];
  });
}

function retrievalSpan(attributes: Attributes): RetrievalSpan {
  return {
    kind: "retrieval",
    query: textOf(attributes, "query") ?? null,
    documents: documentsOf(attributes),
  };
}

/** Span kinds that wrap others without being an agent. */
const NO_AGENT = /^(?:chain|task|workflow)$/i;

function agentSpan(span: Span, attributes: Attributes): AgentSpan {
  const isAgent = !NO_AGENT.test(String(firstOf(attributes, "kind") ?? ""));
  return {
    kind: "agent",
    name: isAgent ? (textOf(attributes, "entity") ?? span.name) : undefined,
    given: messagesOfList(firstOf(attributes, "input") ?? firstOf(attributes, "given"), "user"),
    gave: messagesOfList(firstOf(attributes, "output") ?? firstOf(attributes, "gave"), "assistant"),
    ...spentIn(attributes),
  };
}

/**
 * The content of a span; undefined for a span outside a conversation, for instance an HTTP request or database
 * query.
 */
export function contentOf(span: Span): SpanContent | undefined {
  const attributes = allAttributes(span);
  const words = [firstOf(attributes, "kind"), firstOf(attributes, "operation")];
  const kind = words.map((word) => KINDS[String(word ?? "").toLowerCase()]).find((one) => one !== undefined);
  if (kind === "model") return modelSpan(span, attributes);
  if (kind === "tool" || (kind === undefined && firstOf(attributes, "tool_name") !== undefined))
    return toolSpan(span, attributes);
  if (kind === "retrieval") return retrievalSpan(attributes);
  if (kind === "agent") return agentSpan(span, attributes);
  return undefined;
}

/** The conventions of the spans, in the order of `CONVENTIONS`. */
export function conventionsOf(spans: readonly Span[]): readonly Convention[] {
  const found = new Set<Convention>();
  for (const span of spans) {
    if (span.convention !== undefined) {
      found.add(span.convention);
      continue;
    }
    const names = [...Object.keys(span.attributes), ...span.events.map(({ name }) => `${name}.`)];
    const sign = SIGNS.find(([, beginnings]) =>
      beginnings.some((one) => names.some((name) => name === one || name.startsWith(one))),
    );
    if (sign !== undefined) found.add(FIRST_RELEASE.test(span.schema) ? "OpenTelemetry GenAI 0.1" : sign[0]);
  }
  // The newer conventions share names with the oldest, and a tool span may have only such names. So the oldest counts
  // only when no newer convention is found.
  const newer = CONVENTIONS.slice(1).filter((one) => found.has(one));
  if (newer.length > 0) found.delete("OpenTelemetry GenAI up to 1.36");
  if (found.has("OpenTelemetry GenAI 0.1")) found.delete("OpenTelemetry GenAI 1.37 to 1.41");
  return CONVENTIONS.filter((one) => found.has(one));
}
