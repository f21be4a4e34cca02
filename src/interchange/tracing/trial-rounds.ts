import { conversationSteps } from "../../domain/conversation.ts";
import type { ToolUse, TranscriptDocument } from "../../domain/describe-transcript.ts";
import type { Json } from "../../domain/json.ts";
import type { Message, ToolCall } from "../../domain/message.ts";
import type { Retrieval } from "../../domain/trajectory.ts";

/** One model call, with the tool calls and retrievals that followed it. */
export interface Round {
  /** The conversation up to the call. */
  readonly given: readonly Message[];
  /** The model's reply, which may be several messages. */
  readonly added: readonly Message[];
  /** Tool calls that the model requested. */
  readonly tools: readonly ToolUse[];
  /** Retrievals that were not tool calls. */
  readonly searches: readonly Retrieval[];
}

export const asText = (value: Json | undefined): string =>
  value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

/**
 * Splits a transcript into model calls. Without a stored conversation, there is one call, with the case's input
 * and the answer.
 */
export function roundsOf(transcript: TranscriptDocument, input: Json | undefined): readonly Round[] {
  const { output, tool_calls, messages, retrievals } = transcript;
  const conversation = conversationSteps(messages);
  if (conversation.replies.length === 0) {
    const asked: readonly Message[] =
      messages.length > 0 ? messages : [{ role: "user", content: asText(input) }];
    const calls = tool_calls ?? [];
    const reply: Message = {
      role: "assistant",
      content: output,
      ...(calls.length > 0 && { tool_calls: calls.map(askedCall) }),
    };
    return [{ given: asked, added: [reply], tools: calls, searches: retrievals }];
  }
  const known = new Set(conversation.retrievals.map(documentsKey));
  const own = retrievals.filter((one) => !known.has(documentsKey(one)));
  const last = conversation.replies.length;
  const inRound = (step: number | null): number => (step === null || step > last ? last : step);
  return conversation.replies.map(({ step, added }) => ({
    given: messages.slice(0, added[0]),
    added: added.flatMap((at) => messages[at] ?? []),
    tools: (tool_calls ?? []).filter((call) => inRound(call.step) === step),
    searches: own.filter((one) => inRound(one.step) === step),
  }));
}

const askedCall = ({ id, name, arguments: asked }: ToolUse): ToolCall => ({
  ...(id !== undefined && { id }),
  name,
  arguments: asked,
});

const documentsKey = ({ query, documents }: Retrieval): string =>
  JSON.stringify([query, documents.map(({ id }) => id)]);
