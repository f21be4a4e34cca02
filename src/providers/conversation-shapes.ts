import type { TracedConversation } from "../traces/conversation-of-spans.ts";
import { TRACE_FORMATS, traceFormat } from "../traces/trace-format.ts";
import { messagesOf } from "./chat-shapes.ts";

/** A conversation from an application or a file, converted to our types, with the extra data that a trace holds. */
export type Conversation = Pick<TracedConversation, "messages"> & Partial<TracedConversation>;

/** Reads a trace as a conversation; undefined when the trace has mistakes. */
export type TraceReader = (trace: unknown) => Conversation | undefined;

/** The supported formats as text for error messages. */
export const CONVERSATION_FORMS = [
  ...Object.values(TRACE_FORMATS).map(({ about }) => about),
  "a list of {role, content}",
].join(", or ");

/** Whether a value is a trace of any supported format; it may still have mistakes. */
export function isTrace(value: unknown): boolean {
  return traceFormat(value) !== undefined;
}

/** Loads the code that reads traces. Only few answers hold one, and a start without this code is faster. */
export async function loadTraceReader(): Promise<TraceReader> {
  return (await import("../traces/trace-conversation.ts")).traceConversation;
}

/**
 * Reads a conversation in any supported format; undefined when the value has none of them, or has mistakes. Messages
 * may be those of OpenAI's chat API, items of its responses API or Anthropic's, each recognized separately.
 *
 * @param readTrace null when the value is known to be no trace
 */
export function readConversation(value: unknown, readTrace: TraceReader | null): Conversation | undefined {
  if (isTrace(value)) return readTrace?.(value);
  const messages = messagesOf(value);
  return messages && { messages };
}
