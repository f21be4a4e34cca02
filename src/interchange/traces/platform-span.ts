import type { Json } from "../../domain/json.ts";
import type { Convention } from "../../traces/attribute-names.ts";
import { errorText } from "../../traces/error-text.ts";
import type { Attributes, Span, SpanEvent } from "../../traces/span.ts";
import { FEEDBACK_EVENT, FEEDBACK_NAMES } from "../../traces/traffic-names.ts";

/** One step of a trace in a platform's export. */
export interface PlatformSpan {
  readonly trace: string;
  readonly id: string;
  readonly parent?: string | null | undefined;
  readonly name?: string | undefined;
  /** ISO 8601, or seconds since 1970. */
  readonly start?: Json | undefined;
  readonly end?: Json | undefined;
  /** Attributes under names of OpenTelemetry or OpenInference; undefined and null values are left out. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events?: readonly SpanEvent[] | undefined;
  readonly error?: string | undefined;
}

/** Converts a step to a span, as it would be read from a span of OTLP. @param convention who exported the step */
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
    error: one.error === undefined ? undefined : errorText(one.error),
    schema: "",
    resource: {},
    convention,
  };
}

/** The latest time that a JavaScript date can have, in milliseconds since 1970. */
const LAST_MS = 8.64e15;

function nanosecondsOf(time: Json | undefined): bigint {
  const ms =
    typeof time === "number" ? time * 1000 : typeof time === "string" ? Date.parse(zoned(time)) : Number.NaN;
  return ms >= 0 && ms <= LAST_MS ? BigInt(Math.round(ms * 1e6)) : 0n;
}

/** A time without a time zone is in UTC. */
const zoned = (time: string): string =>
  /(?:Z|[+-]\d\d:?\d\d)$/i.test(time) ? time : `${time.replace(" ", "T")}Z`;

/** Feedback on a trace, as the event that the conventions define for it. */
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

/** Attributes of a step that calls a model: a chat with its messages and reply. */
export const CHAT = { "gen_ai.operation.name": "chat" } as const;
/** Attributes of a step that runs a tool. */
export const TOOL = { "gen_ai.operation.name": "execute_tool" } as const;
/** Attributes of a step that contains other steps, such as an agent. */
export const AGENT = { "gen_ai.operation.name": "invoke_agent" } as const;
/** Attributes of a document retrieval. */
export const RETRIEVAL = { "gen_ai.operation.name": "retrieval" } as const;
