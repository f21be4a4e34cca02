import { conversationOfAtif } from "./atif.ts";
import { conversationOfSpans, type TracedConversation } from "./conversation-of-spans.ts";
import { type TraceFormat, traceFormat } from "./trace-format.ts";

/** Reads a trace of each format; undefined when the trace has mistakes. */
const READERS: Readonly<Record<TraceFormat, (trace: unknown) => TracedConversation | undefined>> = {
  otlp: conversationOfSpans,
  atif: conversationOfAtif,
};

/** Reads a trace of any supported format as a conversation; undefined when the value is no trace or has mistakes. */
export function traceConversation(value: unknown): TracedConversation | undefined {
  const format = traceFormat(value);
  return format && READERS[format](value);
}
