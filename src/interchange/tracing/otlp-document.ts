import type { Attributes, AttributeValue, MadeSpan } from "./span.ts";

/** A value of OTLP with its type. */
export type OtlpValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  /** Decimal digits. */
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } };

export interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

/** A span in OTLP's JSON format: ids in hexadecimal digits, nanoseconds as decimal digits. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly events: readonly {
    readonly timeUnixNano: string;
    readonly name: string;
    readonly attributes: readonly OtlpAttribute[];
  }[];
  readonly status: { readonly code: number; readonly message?: string };
}

/** One OTLP request, or one line of an OTLP file. */
export interface OtlpDocument {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly OtlpSpan[];
      readonly schemaUrl: string;
    }[];
  }[];
}

/** URL of the schema that defines the attribute names. */
const SCHEMA = "https://opentelemetry.io/schemas/1.41.0";

/**
 * Makes an OTLP document of spans. @param resource attributes of the spans' source, in addition to this program's
 * name
 */
export function otlpDocument(spans: readonly MadeSpan[], resource: Attributes = {}): OtlpDocument {
  const scopeSpans = [{ scope: { name: "evals" }, spans: spans.map(otlpSpan), schemaUrl: SCHEMA }];
  const attributes = otlpAttributes({ "service.name": "evals", ...resource });
  return { resourceSpans: [{ resource: { attributes }, scopeSpans }] };
}

const OK = 1;
const FAILED = 2;

function otlpSpan(span: MadeSpan): OtlpSpan {
  return {
    traceId: span.trace,
    spanId: span.id,
    parentSpanId: span.parent,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: String(span.start),
    endTimeUnixNano: String(span.end),
    attributes: otlpAttributes(span.attributes),
    events: span.events.map(({ name, at, attributes }) => ({
      timeUnixNano: String(at),
      name,
      attributes: otlpAttributes(attributes),
    })),
    status: span.error === undefined ? { code: OK } : { code: FAILED, message: span.error },
  };
}

function otlpAttributes(attributes: Attributes): OtlpAttribute[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [{ key, value: otlpValue(value) }],
  );
}

function otlpValue(value: AttributeValue): OtlpValue {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number")
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if ("double" in value) return { doubleValue: value.double };
  return { arrayValue: { values: value.map((one) => ({ stringValue: one })) } };
}
