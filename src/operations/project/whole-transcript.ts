import { describeTranscript, type TranscriptDocument } from "../../domain/describe-transcript.ts";
import type { Json } from "../../domain/json.ts";
import type { Message, ToolCall } from "../../domain/message.ts";
import type { StoredAnswer } from "../../domain/run.ts";
import { askedMessages } from "../../providers/asked-messages.ts";

/**
 * A stored answer as a complete transcript; null for a trial without an answer.
 *
 * @param request the stored request; null when nothing was asked
 */
export function wholeTranscript(answer: StoredAnswer | null, request: Json): TranscriptDocument | null {
  if (answer === null) return null;
  const messages = (answer.messages ?? []) as unknown as readonly Message[];
  const tool_calls = (answer.tool_calls ?? []) as unknown as readonly ToolCall[];
  return describeTranscript({ ...answer, messages, tool_calls }, askedMessages(request));
}
