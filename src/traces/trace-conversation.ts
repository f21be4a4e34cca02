import { conversationOfAtif } from "./atif.ts";
import { conversationOfSpans, type TracedConversation } from "./conversation-of-spans.ts";
import { isAtif, isOtlp } from "./trace-format.ts";

/**
 * Reads a trace as a conversation: OpenTelemetry spans with any naming convention (one document or a list of batches),
 * or an ATIF trajectory. Undefined when the value is neither, or has mistakes.
 */
export function traceConversation(value: unknown): TracedConversation | undefined {
  if (isOtlp(value)) return conversationOfSpans(value);
  return isAtif(value) ? conversationOfAtif(value) : undefined;
}
