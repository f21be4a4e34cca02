/** An attribute value; an integer is sent as int64 unless wrapped as a double. */
export type AttributeValue = string | boolean | number | readonly string[] | { readonly double: number };

/** Members that are undefined or null are left out. */
export type Attributes = Readonly<Record<string, AttributeValue | null | undefined>>;

/** An event of a span. */
export interface MadeEvent {
  readonly name: string;
  /** Nanoseconds since 1970. */
  readonly at: bigint;
  readonly attributes: Attributes;
}

/** A span to be sent. */
export interface MadeSpan {
  /** 32 hexadecimal digits. */
  readonly trace: string;
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** Empty for the root of a trace. */
  readonly parent: string;
  readonly name: string;
  readonly kind: SpanKind;
  /** Nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Attributes;
  readonly events: readonly MadeEvent[];
  /** Why the work of the span failed; undefined when it succeeded. */
  readonly error: string | undefined;
}

/** OTLP's span kinds: work inside of a process, and an outgoing call. */
export const SPAN_KIND = { internal: 1, client: 3 } as const;
export type SpanKind = (typeof SPAN_KIND)[keyof typeof SPAN_KIND];
