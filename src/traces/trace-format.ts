import { membersIn } from "../domain/found-documents.ts";

/** Whether a value is an OTLP trace document, or a list of them (a file of batches). */
export function isOtlp(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every((one) => isBatch(one));
  return isBatch(value);
}

const isBatch = (value: unknown): boolean => Array.isArray(membersIn(value).resourceSpans);

/** Whether a value is a document of the Agent Trajectory Interchange Format, of any version. */
function isAtif(value: unknown): boolean {
  const { schema_version, steps } = membersIn(value);
  return typeof schema_version === "string" && /^ATIF\b/i.test(schema_version) && Array.isArray(steps);
}

/** A format of traces, without the code that reads it. */
interface Format {
  /** What the format looks like, for error messages. */
  readonly about: string;
  /** Whether a value looks like this format; it may still have mistakes. */
  readonly detect: (value: unknown) => boolean;
}

/** The supported formats of traces, in the order in which they are tried. */
export const TRACE_FORMATS = {
  otlp: { about: 'OTLP spans {"resourceSpans": …}', detect: isOtlp },
  atif: { about: 'an ATIF trajectory {"schema_version": "ATIF-v1.7", "steps": …}', detect: isAtif },
} as const satisfies Readonly<Record<string, Format>>;

export type TraceFormat = keyof typeof TRACE_FORMATS;

/** The format of a trace; undefined when the value is no trace. */
export function traceFormat(value: unknown): TraceFormat | undefined {
  const formats = Object.entries(TRACE_FORMATS) as readonly [TraceFormat, Format][];
  return formats.find(([, { detect }]) => detect(value))?.[0];
}
