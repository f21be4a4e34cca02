import { conversationOfAtif, isAtif } from "../traces/atif.ts";
import { conversationOfSpans, type TracedConversation } from "../traces/conversation-of-spans.ts";
import { isOtlp } from "../traces/span.ts";
import { messagesOf } from "./chat-shapes.ts";

/** A conversation as applications and files give it, in our terms, with what a trace holds beside its messages. */
export type Conversation = Pick<TracedConversation, "messages"> & Partial<TracedConversation>;

/** One way to write a conversation. */
export interface ConversationShape {
  /** What it is, for a mistake: `a list of {role, content}`. */
  readonly about: string;
  /** Whether a value is written so; it may still have mistakes. */
  detect(value: unknown): boolean;
  /** Undefined when the value has mistakes. */
  read(value: unknown): Conversation | undefined;
}

/** Messages of OpenAI's chat API, items of its responses API, messages of Anthropic: each message shows what it is. */
const messageList: ConversationShape = {
  about: "a list of {role, content}",
  detect: Array.isArray,
  read(value) {
    const messages = messagesOf(value);
    return messages && { messages };
  },
};

/** Spans in every convention of names, one document or a list of batches. */
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

/** Every shape that is read, in the order in which they are tried. */
const SHAPES: readonly ConversationShape[] = [otlpSpans, atif, messageList];

/** What a conversation may be, for a mistake. */
export const CONVERSATION_FORMS = SHAPES.map(({ about }) => about).join(", or ");

/** Reads a conversation in whatever known shape it is written; undefined when it is in none. */
export function readConversation(value: unknown): Conversation | undefined {
  return SHAPES.find((shape) => shape.detect(value))?.read(value);
}
