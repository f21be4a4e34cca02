import { conversationSteps } from "../domain/conversation.ts";
import { membersIn } from "../domain/found-documents.ts";
import { canonicalJson, type Json } from "../domain/json.ts";
import type { Message, ToolCall } from "../domain/message.ts";
import type { Retrieval } from "../domain/trajectory.ts";
import { type KnownUsage, USAGE_FIELDS } from "../domain/transcript.ts";
import type { Convention } from "./attribute-names.ts";
import { tracesOf } from "./order-spans.ts";
import {
  type AgentSpan,
  contentOf,
  conventionsOf,
  type ModelSpan,
  type SpanContent,
  type SpentInSpan,
  type ToolSpan,
} from "./read-span.ts";
import { readSpans, type Span } from "./span.ts";

/** A conversation from a trace or a trajectory file. */
export interface TracedConversation {
  readonly messages: readonly Message[];
  /** Undefined when all retrievals are in the messages. */
  readonly retrievals: readonly Retrieval[] | undefined;
  /** Number of model calls; undefined when unknown. */
  readonly steps: number | undefined;
  readonly usage: KnownUsage | undefined;
  /** US dollars; undefined when unknown. */
  readonly cost_usd?: number | undefined;
  readonly model: string | undefined;
  /** Names of the agents involved, in order of appearance. */
  readonly agents?: readonly string[] | undefined;
  /** The naming conventions found. */
  readonly conventions: readonly Convention[];
  /** Parts of the trace that could not be read, as messages for the user. */
  readonly unread: readonly string[];
}

interface ReadSpan {
  readonly span: Span;
  readonly content: SpanContent;
}

/** A message of the conversation, with the time at which it was sent. */
interface Placed {
  message: Message;
  readonly at: bigint;
  readonly key: string;
  /** Indices of the message's tool calls for which a tool span was found. */
  readonly ran: Set<number>;
}

function keyOf({ role, content, tool_calls, tool_call_id }: Message): string {
  const calls = (tool_calls ?? []).map((call) => [call.name, call.arguments]);
  if (role === "tool" && tool_call_id !== undefined) return canonicalJson([role, tool_call_id, content]);
  return canonicalJson([role, content === "" ? null : content, calls]);
}

/**
 * Builds one conversation from many copies. Each model call contains the whole conversation so far, so most
 * messages occur many times. A message counts as a repetition when an equal message follows the last message that
 * matched.
 */
class MessageMerge {
  readonly placed: Placed[] = [];

  /**
   * Adds those of `messages` that are not repetitions.
   *
   * @param from index of the first stored message that one of `messages` can repeat
   * @returns the index after the last message that was matched or added
   */
  add(messages: readonly Message[], at: bigint, from: number): number {
    let behind = from;
    for (const message of messages) {
      const key = keyOf(message);
      const known = this.placed.findIndex((one, index) => index >= behind && one.key === key);
      if (known === -1) {
        this.placed.push({ message, at, key, ran: new Set() });
        behind = this.placed.length;
      } else behind = known + 1;
    }
    return behind;
  }

  /** The tool call of a tool span, found by id or else by arguments; undefined when no message contains the call. */
  callOf(tool: ToolSpan, from: number): { readonly at: number; readonly place: number } | undefined {
    const places = [...this.placed.entries()]
      .slice(from)
      .flatMap(([at, { message, ran }]) =>
        (message.tool_calls ?? []).flatMap((call, index) =>
          ran.has(index) ? [] : [{ at, place: index, call }],
        ),
      );
    const asked = canonicalJson(tool.arguments ?? null);
    return (
      places.find(({ call }) => tool.id !== undefined && call.id === tool.id && call.name === tool.name) ??
      places.find(({ call }) => call.name === tool.name && canonicalJson(call.arguments) === asked) ??
      places.find(({ call }) => call.name === tool.name && isSoleArgument(call, tool.arguments)) ??
      places.find(
        ({ call }) => call.name === tool.name && (tool.arguments === undefined || call.id === undefined),
      )
    );
  }
}

/**
 * Whether a tool span and a call have the same, single argument. LangChain writes a single argument into the span
 * without the argument's name. Without this check, calls of one tool in the same millisecond would be matched in the
 * order of their spans.
 */
function isSoleArgument({ arguments: asked }: ToolCall, given: Json | undefined): boolean {
  const [sole, ...more] = Object.values(membersIn(asked));
  const text = (value: unknown): string => (typeof value === "string" ? value : canonicalJson(value as Json));
  return given !== undefined && sole !== undefined && more.length === 0 && text(sole) === text(given);
}

/** The ids of all spans that contain a span: its parent, the parent of that span, and so on. */
function idsAround(span: Span, parentOf: ReadonlyMap<string, string>): ReadonlySet<string> {
  const around = new Set<string>();
  for (let id = parentOf.get(span.id); id !== undefined && !around.has(id); id = parentOf.get(id))
    around.add(id);
  return around;
}

/** Wrapper spans repeat their inner spans, so a model span that contains another model span is left out. */
function withoutWrappers(spans: readonly ReadSpan[], all: readonly Span[]): readonly ReadSpan[] {
  const parentOf = new Map(all.map((span) => [span.id, span.parent]));
  const wrappers = new Set<string>();
  for (const { span, content } of spans)
    if (content.kind === "model") for (const id of idsAround(span, parentOf)) wrappers.add(id);
  return spans.filter(({ span, content }) => content.kind !== "model" || !wrappers.has(span.id));
}

/**
 * Agents that report usage, cost or model. An agent inside another agent is left out, because the sums of the outer
 * agent include those of the inner agent.
 */
function spendingAgents(spans: readonly ReadSpan[], all: readonly Span[]): readonly AgentSpan[] {
  const parentOf = new Map(all.map((span) => [span.id, span.parent]));
  const agents = spans.flatMap(({ span, content }) =>
    content.kind === "agent" && (content.usage ?? content.cost ?? content.model) !== undefined
      ? [{ span, content }]
      : [],
  );
  const ids = new Set(agents.map(({ span }) => span.id));
  return agents.flatMap(({ span, content }) =>
    [...idsAround(span, parentOf)].some((id) => ids.has(id)) ? [] : [content],
  );
}

const isModel = (one: ReadSpan): one is ReadSpan & { readonly content: ModelSpan } =>
  one.content.kind === "model";
const isTool = (one: ReadSpan): one is ReadSpan & { readonly content: ToolSpan } =>
  one.content.kind === "tool";

const resultText = (result: Json): string => (typeof result === "string" ? result : JSON.stringify(result));

function resultMessage({ id, result, error }: ToolSpan): Message {
  const content = error === undefined ? resultText(result ?? null) : JSON.stringify({ error });
  return { role: "tool", content, ...(id !== undefined && { tool_call_id: id }) };
}

/** Whether a message after the call contains its result. */
function isAnswered(merge: MessageMerge, at: number, call: ToolCall): boolean {
  for (const { message } of merge.placed.slice(at + 1)) {
    if (message.role === "tool" && (call.id === undefined || message.tool_call_id === call.id)) return true;
    if (message.role === "assistant") return false;
  }
  return false;
}

/** Adds the data of a tool span: latency, error, and the result if no later request contains it. */
function addTool(
  merge: MessageMerge,
  { span, content }: ReadSpan & { readonly content: ToolSpan },
  from: number,
): void {
  const found = merge.callOf(content, from);
  if (found === undefined) {
    addUnasked(merge, content, span.start);
    return;
  }
  const placed = merge.placed[found.at];
  const call = placed?.message.tool_calls?.[found.place];
  if (placed === undefined || call === undefined) return;
  placed.ran.add(found.place);
  const calls = [...(placed.message.tool_calls ?? [])];
  calls[found.place] = {
    ...call,
    ...(content.error !== undefined && { error: content.error }),
    ...(content.latency_ms !== undefined && { latency_ms: content.latency_ms }),
  };
  placed.message = { ...placed.message, tool_calls: calls };
  const hasResult = content.result !== undefined || content.error !== undefined;
  if (!hasResult || isAnswered(merge, found.at, call)) return;
  const message = resultMessage({ ...content, id: call.id ?? content.id });
  let behind = found.at + 1;
  while (merge.placed[behind]?.message.role === "tool") behind++;
  merge.placed.splice(behind, 0, { message, at: span.end, key: keyOf(message), ran: new Set() });
}

/**
 * Adds the call of a tool span when no message contains the call, because the producer does not store message
 * contents.
 */
function addUnasked(merge: MessageMerge, content: ToolSpan, start: bigint): void {
  const id = content.id === undefined ? {} : { id: content.id };
  const call: ToolCall = {
    ...id,
    name: content.name,
    arguments: content.arguments ?? {},
    ...(content.error !== undefined && { error: content.error }),
    ...(content.latency_ms !== undefined && { latency_ms: content.latency_ms }),
  };
  const asked: Message = { role: "assistant", content: null, tool_calls: [call] };
  const messages =
    content.result === undefined && content.error === undefined ? [asked] : [asked, resultMessage(content)];
  const next = merge.placed.findIndex(({ at }) => at > start);
  const index = next === -1 ? merge.placed.length : next;
  const made = messages.map(
    (message): Placed => ({ message, at: start, key: keyOf(message), ran: new Set([0]) }),
  );
  merge.placed.splice(index, 0, ...made);
}

/** Adds one trace to the conversation. */
function addTrace(merge: MessageMerge, spans: readonly ReadSpan[]): void {
  const from = merge.placed.length;
  const agents = spans.flatMap(({ span, content }) => (content.kind === "agent" ? [{ span, content }] : []));
  const models = spans.filter(isModel);
  const silent = models.every(({ content }) => content.input.length + content.output.length === 0);
  const outer = silent
    ? agents.find(({ content }) => content.given.length + content.gave.length > 0)
    : undefined;
  if (outer !== undefined) merge.add(outer.content.given, outer.span.start, from);
  for (const { span, content } of models) {
    // The request of a later turn also contains the messages of earlier traces, so it is compared from index 0 on.
    const behind = merge.add(content.input, span.start, 0);
    merge.add(content.output, span.end, Math.max(behind, 0));
  }
  const firstOfTrace = Math.min(from, merge.placed.length);
  for (const tool of spans.filter(isTool)) addTool(merge, tool, firstOfTrace);
  if (outer !== undefined) merge.add(outer.content.gave, outer.span.end, from);
}

function totalUsage(models: readonly SpentInSpan[]): KnownUsage | undefined {
  const ofAll = models.find(({ isUsageOfAll }) => isUsageOfAll);
  if (ofAll !== undefined) return ofAll.usage;
  const total: KnownUsage = {};
  for (const field of USAGE_FIELDS) {
    const counts = models.flatMap(({ usage }) => (usage?.[field] == null ? [] : [usage[field]]));
    if (counts.length > 0) total[field] = counts.reduce((sum, one) => sum + one, 0);
  }
  // A sum over only some of the calls would not be the total.
  for (const field of ["input_tokens", "output_tokens"] as const)
    if (models.some(({ usage }) => usage?.[field] == null)) delete total[field];
  return Object.keys(total).length === 0 ? undefined : total;
}

/** US dollars of all model calls; undefined when one of them has no cost. */
function totalCost(models: readonly SpentInSpan[]): number | undefined {
  const costs = models.map(({ cost }) => cost);
  return costs.length === 0 || costs.includes(undefined)
    ? undefined
    : costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0);
}

/** The retrievals of messages, and those of spans. Two retrievals with equal documents count as one. */
function withSearches(
  messages: readonly Message[],
  spans: readonly ReadSpan[],
): readonly Retrieval[] | undefined {
  const found = spans.flatMap(({ content }) => (content.kind === "retrieval" ? [content] : []));
  if (found.length === 0) return undefined;
  const inMessages = conversationSteps(messages).retrievals;
  const idsOf = (documents: Retrieval["documents"]): string => canonicalJson(documents.map(({ id }) => id));
  const known = new Set(inMessages.map(({ documents }) => idsOf(documents)));
  const own = found.filter(({ documents }) => !known.has(idsOf(documents)));
  return [...inMessages, ...own.map(({ query, documents }) => ({ step: null, query, documents }))];
}

function agentNames(spans: readonly ReadSpan[]): readonly string[] | undefined {
  const names = spans.flatMap(({ content }) =>
    content.kind === "agent" && content.name !== undefined ? [content.name] : [],
  );
  return names.length === 0 ? undefined : [...new Set(names)];
}

/** Messages about what was left out: spans outside the conversation, and parents that are not in the file. */
function leftOut(all: readonly Span[], read: ReadonlySet<Span>): readonly string[] {
  // An unnamed span is only kept for its position in the tree.
  const others = all.filter((span) => !read.has(span) && span.name !== "");
  const names = [...new Set(others.map(({ name }) => name))];
  const shown = names.slice(0, 3).join(", ");
  const ids = new Set(all.map(({ id }) => id));
  const orphans = all.filter(({ parent }) => parent !== "" && !ids.has(parent)).length;
  return [
    ...(others.length > 0
      ? [
          `${others.length} ${others.length === 1 ? "span that is" : "spans that are"} not a call of a model, tool or search (${shown}${names.length > 3 ? ", …" : ""})`,
        ]
      : []),
    ...(orphans > 0
      ? [
          `${orphans === 1 ? "1 span whose parent is missing: it is" : `${orphans} spans whose parent is missing: they are`} ordered by ${orphans === 1 ? "its" : "their"} time`,
        ]
      : []),
  ];
}

/** Converts OTLP spans in any convention to one conversation. A call in a span and in several requests counts once. */
export function conversationOfSpans(document: unknown): TracedConversation {
  const { spans, unread } = readSpans(document);
  return conversationOf(spans, unread);
}

/** Converts parsed spans to one conversation. @param unread messages about what could not be parsed */
export function conversationOf(all: readonly Span[], unread: readonly string[] = []): TracedConversation {
  const merge = new MessageMerge();
  const read = new Set<Span>();
  const models: ModelSpan[] = [];
  const agents: AgentSpan[] = [];
  const kept: ReadSpan[] = [];
  for (const trace of tracesOf(all)) {
    const known = trace.flatMap((span): ReadSpan[] => {
      const content = contentOf(span);
      if (content === undefined) return [];
      read.add(span);
      return [{ span, content }];
    });
    const own = withoutWrappers(known, trace);
    models.push(...own.filter(isModel).map(({ content }) => content));
    agents.push(...spendingAgents(own, trace));
    kept.push(...own);
    addTrace(merge, own);
  }
  const messages = merge.placed.map(({ message }) => message);
  return {
    messages,
    retrievals: withSearches(messages, kept),
    steps: models.length > 0 ? models.length : undefined,
    usage: totalUsage(models) ?? totalUsage(agents),
    cost_usd: totalCost(models) ?? totalCost(agents),
    model: [...agents, ...models].findLast(({ model }) => model !== undefined)?.model,
    agents: agentNames(kept),
    conventions: conventionsOf([...read]),
    unread: [
      ...unread,
      ...leftOut(all, read),
      ...(all.length > 0 && messages.length === 0 ? ["no message: the spans contain no texts"] : []),
    ],
  };
}
