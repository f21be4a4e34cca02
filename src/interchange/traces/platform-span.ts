import type { Json } from "../../domain/json.ts";
import type { Convention } from "../../traces/attribute-names.ts";
import type { Attributes, Span, SpanEvent } from "../../traces/span.ts";
import { FEEDBACK_EVENT, FEEDBACK_NAMES } from "../../traces/traffic-names.ts";

/** What a platform's export holds of one step of a trace. */
export interface PlatformSpan {
  readonly trace: string;
  readonly id: string;
  readonly parent?: string | null | undefined;
  readonly name?: string | undefined;
  /** ISO 8601, or seconds since 1970. */
  readonly start?: Json | undefined;
  readonly end?: Json | undefined;
  /** By names of the conventions; those that are undefined or null are left out. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events?: readonly SpanEvent[] | undefined;
  readonly error?: string | undefined;
}

/** It as a span, in the words of the conventions. */
export function platformSpan(convention: Convention, one: PlatformSpan): Span {
  const attributes: Attributes = Object.fromEntries(
    Object.entries(one.attributes).filter(([, value]) => value !== undefined && value !== null),
  );
  return {
    trace: one.trace,
    id: one.id,
    parent: one.parent ?? "",
    name: one.name ?? "",
    start: nanosecondsOf(one.start),
    end: nanosecondsOf(one.end),
    attributes,
    events: one.events ?? [],
    error: one.error,
    schema: "",
    resource: {},
    convention,
  };
}

/** The last moment that a date can be: September 275760. */
const LAST_MS = 8.64e15;

function nanosecondsOf(time: Json | undefined): bigint {
  const ms =
    typeof time === "number" ? time * 1000 : typeof time === "string" ? Date.parse(zoned(time)) : Number.NaN;
  return ms >= 0 && ms <= LAST_MS ? BigInt(Math.round(ms * 1e6)) : 0n;
}

/** A time without a zone is one of UTC there. */
const zoned = (time: string): string =>
  /(?:Z|[+-]\d\d:?\d\d)$/i.test(time) ? time : `${time.replace(" ", "T")}Z`;

/** Feedback on a trace, as the event that conventions have for it. */
export function feedbackEvent(name: string, value: unknown, label?: unknown, comment?: unknown): SpanEvent {
  const score = typeof value === "boolean" ? Number(value) : value;
  const attributes = {
    [FEEDBACK_NAMES.name]: name,
    ...(typeof score === "number" ? { [FEEDBACK_NAMES.score]: score } : {}),
    ...(typeof score === "string" && label === undefined ? { [FEEDBACK_NAMES.label]: score } : {}),
    ...(typeof label === "string" ? { [FEEDBACK_NAMES.label]: label } : {}),
    ...(typeof comment === "string" ? { [FEEDBACK_NAMES.comment]: comment } : {}),
  };
  return { name: FEEDBACK_EVENT, attributes };
}

/** Of a step that calls a model: a chat with its messages and its reply. */
export const CHAT = { "gen_ai.operation.name": "chat" } as const;
/** Of a step that runs a tool. */
export const TOOL = { "gen_ai.operation.name": "execute_tool" } as const;
/** Of a step around others. */
export const AGENT = { "gen_ai.operation.name": "invoke_agent" } as const;
/** Of a step that looks for documents. */
export const RETRIEVAL = { "gen_ai.operation.name": "retrieval" } as const;
