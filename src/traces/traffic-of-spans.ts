import { membersIn } from "../domain/found-documents.ts";
import type { Message } from "../domain/message.ts";
import { toolValue } from "../domain/tool-text.ts";
import type { Feedback, TrafficTrace } from "../domain/traffic.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import { REPORTS_ALL, type Transcript, unreportedBy, usageOf } from "../domain/transcript.ts";
import { wellFormed } from "../domain/well-formed.ts";
import { NAMES } from "./attribute-names.ts";
import { conversationOf, type TracedConversation } from "./conversation-of-spans.ts";
import { orderedSpans } from "./order-spans.ts";
import { amountOf, contentOf } from "./read-span.ts";
import type { Span } from "./span.ts";
import {
  FEEDBACK_EVENT,
  FEEDBACK_NAMES,
  FLAG_EVENTS,
  TRAFFIC_NAMES,
  type TrafficName,
} from "./traffic-names.ts";

/** Converts the spans of a trace to one exchange; undefined when no span belongs to a conversation. */
export function trafficOfSpans(id: string, spans: readonly Span[]): TrafficTrace | undefined {
  const ordered = orderedSpans(spans);
  const conversation = conversationOf(ordered);
  if (conversation.conventions.length === 0) return undefined;
  const about = (field: TrafficName): unknown => firstOf(ordered, field);
  const times = timesOf(ordered);
  const prompt = promptOf(about("prompt"), about("prompt_version"));
  const tags = tagsOf(about("tags"));
  const cost_usd = costOf(conversation, ordered);
  const transcript = transcriptOf(conversation, ordered, times.latency_ms, cost_usd);
  return wellFormed({
    id,
    at: times.at,
    session: textOf(about("session")),
    user: textOf(about("user")),
    service: textOf(about("service")),
    environment: textOf(about("environment")),
    arm: textOf(about("arm")) ?? armInTags(tags),
    model: conversation.model ?? null,
    ...prompt,
    tags,
    convention: conversation.conventions.join(", "),
    error: errorOf(ordered, transcript.output),
    latency_ms: times.latency_ms,
    cost_usd,
    usage: transcript.usage,
    feedback: feedbackOf(ordered),
    transcript,
  });
}

/** The first value of a field, from the outermost span that has one; resource attributes come last. */
function firstOf(spans: readonly Span[], field: TrafficName): unknown {
  const names = TRAFFIC_NAMES[field];
  for (const { attributes, events } of spans) {
    const flags = events.filter(({ name }) => FLAG_EVENTS.has(name)).map((one) => one.attributes);
    for (const source of [attributes, ...flags])
      for (const name of names) if (source[name] != null && source[name] !== "") return source[name];
  }
  for (const { resource } of spans)
    for (const name of names) if (resource[name] != null && resource[name] !== "") return resource[name];
  return undefined;
}

function textOf(value: unknown): string | null {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

/** Tags as a list, JSON text of a list, or comma-separated text. */
function tagsOf(value: unknown): readonly string[] {
  const read = typeof value === "string" ? toolValue(value) : value;
  const list = Array.isArray(read) ? read : typeof read === "string" ? read.split(",") : [];
  const tags = list.flatMap((one) => textOf(one)?.trim() ?? []).filter((tag) => tag !== "");
  return [...new Set(tags)];
}

/** The arm that a tag such as `arm:b` or `arm=b` names; null without such a tag. */
function armInTags(tags: readonly string[]): string | null {
  return tags.flatMap((tag) => /^arm[:=](.+)$/.exec(tag)?.[1] ?? [])[0] ?? null;
}

/** A prompt's name and version, which may be one text: `support@1.2.0`. */
function promptOf(name: unknown, version: unknown): Pick<TrafficTrace, "prompt" | "prompt_version"> {
  const [, first = null, second = null] = /^(.*?)(?:@([\w.-]+))?$/s.exec(textOf(name) ?? "") ?? [];
  return { prompt: first === "" ? null : first, prompt_version: textOf(version) ?? second };
}

interface Times {
  readonly at: string | null;
  readonly latency_ms: number | null;
}

/** Start and duration of the outermost span or, if there are several, from their first start to their last end. */
function timesOf(spans: readonly Span[]): Times {
  const ids = new Set(spans.map(({ id }) => id));
  const outer = spans.filter(({ parent }) => !ids.has(parent));
  const measured = outer.length > 0 ? outer : spans;
  const starts = measured.flatMap(({ start }) => (start > 0n ? [start] : []));
  const ends = measured.flatMap(({ end }) => (end > 0n ? [end] : []));
  const first = starts.reduce<bigint | undefined>(
    (least, one) => (least === undefined || one < least ? one : least),
    undefined,
  );
  const last = ends.reduce<bigint | undefined>(
    (limit, one) => (limit === undefined || one > limit ? one : limit),
    undefined,
  );
  if (first === undefined) return { at: null, latency_ms: null };
  const at = new Date(Number(first / 1_000_000n));
  return {
    at: Number.isNaN(at.getTime()) ? null : at.toISOString(),
    latency_ms: last === undefined || last < first ? null : Number(last - first) / 1e6,
  };
}

/** The summed cost of the model calls, or else the cost on the outermost span; US dollars, null when unknown. */
function costOf({ cost_usd }: TracedConversation, [outermost]: readonly Span[]): number | null {
  const costs = NAMES.cost.map((name) => amountOf(outermost?.attributes[name]));
  return cost_usd ?? (isModel(outermost) ? undefined : costs.find((one) => one !== undefined)) ?? null;
}

const isModel = (span: Span | undefined): boolean => span !== undefined && contentOf(span)?.kind === "model";

function transcriptOf(
  { messages, retrievals, steps, agents, unread, usage, model }: TracedConversation,
  spans: readonly Span[],
  latency_ms: number | null,
  cost_usd: number | null,
): Transcript {
  const trajectory: Trajectory = {
    ...(agents !== undefined && { agents }),
    ...(retrievals !== undefined && { retrievals }),
    ...(steps !== undefined && { steps }),
    ...(unread.length > 0 && { unread }),
  };
  const finish_reason = finishReasonOf(spans);
  const refusal = finish_reason === null ? undefined : null;
  const untold = unreportedBy({ messages, finish_reason, refusal });
  return {
    output: outputOf(messages),
    messages,
    tool_calls: messages.flatMap(({ tool_calls = [] }) => tool_calls),
    usage: usageOf(usage ?? {}),
    latency_ms,
    cost_usd,
    model: model ?? null,
    finish_reason,
    refusal: null,
    ...(untold === REPORTS_ALL ? {} : { untold }),
    ...(Object.keys(trajectory).length === 0 ? {} : { trajectory }),
  };
}

/** The last reply; empty when the last message is not the assistant's. */
function outputOf(messages: readonly Message[]): string {
  const last = messages.at(-1);
  if (last?.role !== "assistant" || last.content === null) return "";
  if (typeof last.content === "string") return last.content;
  const texts = last.content.map((part) => membersIn(part)).map(({ text, content }) => text ?? content);
  return texts.filter((text) => typeof text === "string").join("");
}

/** The finish reason of the last model call that has one. */
function finishReasonOf(spans: readonly Span[]): string | null {
  for (const span of [...spans].reverse()) {
    const value = firstOf([{ ...span, resource: {} }], "finish_reason");
    const one = Array.isArray(value) ? value.at(-1) : toolValue(value);
    const text = textOf(Array.isArray(one) ? one.at(-1) : one);
    if (text !== null) return text;
  }
  return null;
}

/** The error of the outermost span. Without one, an error of an inner span counts only when nothing was answered. */
function errorOf(spans: readonly Span[], output: string): string | null {
  const outer = spans[0]?.error;
  if (outer !== undefined) return outer;
  if (output !== "") return null;
  return spans.findLast(({ error }) => error !== undefined)?.error ?? null;
}

function feedbackOf(spans: readonly Span[]): readonly Feedback[] {
  const feedbackEvents = spans.flatMap(({ events }) => events.filter(({ name }) => name === FEEDBACK_EVENT));
  return feedbackEvents.flatMap(({ attributes }) => {
    const name = textOf(attributes[FEEDBACK_NAMES.name]);
    const value = attributes[FEEDBACK_NAMES.score];
    const score = typeof value === "number" && Number.isFinite(value) ? value : null;
    const label = textOf(attributes[FEEDBACK_NAMES.label]);
    const comment = textOf(attributes[FEEDBACK_NAMES.comment]);
    return name === null || (score === null && label === null && comment === null)
      ? []
      : [{ name, score, label, comment }];
  });
}
