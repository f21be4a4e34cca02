import { conversationOfAtif, isAtif } from "../traces/atif.ts";
import { conversationOfSpans, type TracedConversation } from "../traces/conversation-of-spans.ts";
import { isOtlp } from "../traces/span.ts";
import { messagesOf } from "./chat-shapes.ts";

/** A conversation from an application or a file, converted to our types, with the extra data that a trace holds. */
export type Conversation = Pick<TracedConversation, "messages"> & Partial<TracedConversation>;

/** One format of a conversation. */
export interface ConversationShape {
  /** Name of the format for error messages: `a list of {role, content}`. */
  readonly about: string;
  /** Whether a value looks like this format; it may still have mistakes. */
  detect(value: unknown): boolean;
  /** Reads the value; undefined when it has mistakes. */
  read(value: unknown): Conversation | undefined;
}

/**
 * Messages of OpenAI's chat API, items of its responses API or Anthropic's messages. The format is recognized for
 * each message separately.
 */
const messageList: ConversationShape = {
  about: "a list of {role, content}",
  detect: Array.isArray,
  read(value) {
    const messages = messagesOf(value);
    return messages && { messages };
  },
};

/** OpenTelemetry spans with any naming convention, as one document or a list of batches. */
const otlpSpans: ConversationShape = {
  about: 'OTLP spans {"resourceSpans": …}',
  detect: isOtlp,
  read: conversationOfSpans,
};

const atif: ConversationShape = {
  about: 'an ATIF trajectory {"schema_version": "ATIF-v1.7", "steps": …}',
  detect: isAtif,
  read: conversationOfAtif,
};

/** The supported formats, in the order in which they are tried. */
const SHAPES: readonly ConversationShape[] = [otlpSpans, atif, messageList];

/** The supported formats as text for error messages. */
export const CONVERSATION_FORMS = SHAPES.map(({ about }) => about).join(", or ");

/** Reads a conversation in any supported format; undefined when the value has none of them, or has mistakes. */
export function readConversation(value: unknown): Conversation | undefined {
  return SHAPES.find((shape) => shape.detect(value))?.read(value);
}
