import { ExactNumber } from "../domain/exact-number.ts";
import { membersIn } from "../domain/found-documents.ts";
import type { Convention } from "./attribute-names.ts";
import { errorText } from "./error-text.ts";

/** An attribute's value, without OTLP's wrapper. */
export type AttributeValue = unknown;

export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface SpanEvent {
  readonly name: string;
  readonly attributes: Attributes;
}

/** One span of a trace. */
export interface Span {
  readonly trace: string;
  readonly id: string;
  /** Empty for the root of a trace. */
  readonly parent: string;
  readonly name: string;
  /** Nanoseconds since 1970; 0 when unknown. */
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  /** The error in the span's status; undefined for a span that succeeded. */
  readonly error: string | undefined;
  /** URL of the schema of the span's attribute names; empty when the file does not give one. */
  readonly schema: string;
  /** Attributes of the service that wrote the span. */
  readonly resource: Attributes;
  /** The naming convention, if it is known for the whole file; otherwise it is recognized by the attribute names. */
  readonly convention?: Convention | undefined;
}

/** All spans of an OTLP document, and messages for the user about what could not be read. */
export interface SpanList {
  readonly spans: readonly Span[];
  readonly unread: readonly string[];
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Maximum nesting depth of an attribute's value; a value that is nested deeper is read as null. */
const DEEPEST = 64;

/** Unwraps `{stringValue}`, `{intValue: "5"}`, `{kvlistValue: {values: [{key, value}]}}`, `{arrayValue: {values}}`. */
function plainValue(wrapped: unknown, depth = 0): AttributeValue {
  const value = membersIn(wrapped);
  if (depth > DEEPEST) return null;
  if ("stringValue" in value) return value.stringValue;
  if ("boolValue" in value) return value.boolValue;
  if ("intValue" in value) return numberOf(value.intValue);
  if ("doubleValue" in value) return numberOf(value.doubleValue);
  if ("arrayValue" in value)
    return listOf(membersIn(value.arrayValue).values).map((one) => plainValue(one, depth + 1));
  if ("kvlistValue" in value) return attributesOf(membersIn(value.kvlistValue).values, depth + 1);
  if ("bytesValue" in value) return value.bytesValue;
  return null;
}

/** Reads an int64, which OTLP's JSON writes as text. A number that a double cannot represent remains text. */
function numberOf(written: unknown): unknown {
  if (typeof written !== "string" || written.trim() === "") return written;
  const number = Number(written);
  if (Number.isNaN(number)) return written;
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? written : number;
}

/** Attributes as an OTLP list, or as a plain object, which some exporters write. */
function attributesOf(value: unknown, depth = 0): Attributes {
  if (!Array.isArray(value)) return membersIn(value);
  const made: Record<string, AttributeValue> = Object.create(null);
  for (const one of value) {
    const { key, value: wrapped } = membersIn(one);
    if (typeof key === "string") made[key] = plainValue(wrapped, depth);
  }
  return made;
}

function nanoseconds(value: unknown): bigint {
  const text = value instanceof ExactNumber ? value.text : String(value ?? "");
  return /^\d{1,20}$/.test(text) ? BigInt(text) : 0n;
}

/**
 * The error of a span; undefined for a span that succeeded. Status code 2 means error, as a number or by its name.
 */
function errorOf(status: unknown, events: readonly SpanEvent[]): string | undefined {
  const { code, message } = membersIn(status);
  if (code !== 2 && code !== "2" && code !== "STATUS_CODE_ERROR" && code !== "ERROR") return undefined;
  const thrown = events.find(({ name }) => name === "exception")?.attributes["exception.message"];
  return errorText(textOf(message) || textOf(thrown)) || "it failed, and its span does not say why";
}

function spanOf(value: unknown, schema: string, resource: Attributes): Span | undefined {
  const span = membersIn(value);
  const id = textOf(span.spanId);
  if (id === "") return undefined;
  const events = listOf(span.events).map((one) => {
    const { name, attributes, body } = membersIn(one);
    // An event from a log record has its content in the body.
    const inBody = body === undefined ? {} : membersIn(plainValue(body));
    return { name: textOf(name), attributes: { ...attributesOf(attributes), ...inBody } };
  });
  return {
    trace: textOf(span.traceId),
    id,
    parent: textOf(span.parentSpanId),
    name: textOf(span.name),
    start: nanoseconds(span.startTimeUnixNano),
    end: nanoseconds(span.endTimeUnixNano),
    attributes: attributesOf(span.attributes),
    events,
    error: errorOf(span.status, events),
    schema,
    resource,
  };
}

/** The spans of an OTLP document without duplicates. */
export function readSpans(document: unknown): SpanList {
  const spans = new Map<string, Span>();
  let nameless = 0;
  let repeated = 0;
  for (const batch of Array.isArray(document) ? document : [document]) {
    for (const resource of listOf(membersIn(batch).resourceSpans)) {
      const { scopeSpans, instrumentationLibrarySpans, schemaUrl, resource: service } = membersIn(resource);
      const about = attributesOf(membersIn(service).attributes);
      for (const scope of listOf(scopeSpans ?? instrumentationLibrarySpans)) {
        const own = membersIn(scope);
        for (const one of listOf(own.spans)) {
          const span = spanOf(one, textOf(own.schemaUrl) || textOf(schemaUrl), about);
          if (span === undefined) nameless++;
          else if (spans.has(`${span.trace}/${span.id}`)) repeated++;
          else spans.set(`${span.trace}/${span.id}`, span);
        }
      }
    }
  }
  return {
    spans: [...spans.values()],
    unread: [
      ...(nameless > 0 ? [nameless === 1 ? "1 span without an id" : `${nameless} spans without an id`] : []),
      ...(repeated > 0
        ? [
            repeated === 1
              ? "1 span that the file repeats: it was read once"
              : `${repeated} spans that the file repeats: each was read once`,
          ]
        : []),
    ],
  };
}
