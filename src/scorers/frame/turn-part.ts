import { conversationSteps, isTurn } from "../../domain/conversation.ts";
import { detailedCalls } from "../../domain/describe-transcript.ts";
import type { Message } from "../../domain/message.ts";
import type { Transcript } from "../../domain/transcript.ts";
import { messageText, timesWord } from "./text-place.ts";

/** One turn of a conversation: the reply to one user message. */
export interface TurnPart {
  /** The transcript reduced to this turn. */
  readonly transcript: Transcript;
  /** Why the turn has no reply; null when it has one. */
  readonly silent: string | null;
}

/** Number of user messages in the prompt before the first one that the case defines. */
function promptTurns(messages: readonly Message[], first: string | undefined): number {
  const at = messages.filter(isTurn).findIndex((one) => messageText(one) === first);
  return Math.max(0, at);
}

/**
 * Splits a conversation into turns.
 *
 * @param first the first user message of the case
 * @returns a function that gives a turn by its number; turn 1 is the reply to `first`
 */
export function turnParts(transcript: Transcript, first: string | undefined): (turn: number) => TurnPart {
  const { messages, output } = transcript;
  if (messages.length === 0)
    return (turn) =>
      turn === 1
        ? { transcript, silent: null }
        : { transcript: { ...transcript, output: "", tool_calls: [] }, silent: "there is no such turn" };
  const before = promptTurns(messages, first);
  const indexes = messages.flatMap((one, index) => (isTurn(one) ? [index] : []));
  const { replies } = conversationSteps(messages);
  const calls = detailedCalls(transcript);
  return (turn) => {
    const from = indexes[turn - 1 + before];
    const to = indexes[turn + before] ?? messages.length;
    const mine = from === undefined ? [] : messages.slice(from, to);
    const steps = new Set(
      replies.flatMap(({ added, step }) => (added.some((at) => at >= (from ?? to) && at < to) ? [step] : [])),
    );
    const texts = mine.filter(({ role }) => role === "assistant").map(messageText);
    const text = texts.filter((one) => one !== "").join("\n");
    // An answer that is in no message of the conversation is the reply to the last turn.
    const apart = to === messages.length && from !== undefined && text === "" ? output : "";
    const words = text === "" ? apart : text;
    const isPlaced = calls.every(({ step }) => step !== undefined);
    const silent =
      from === undefined
        ? `there is no such turn: the person spoke ${timesWord(indexes.length - before)}`
        : words === "" && !mine.some((one) => one.role === "assistant")
          ? "it has no reply"
          : null;
    return {
      silent,
      transcript: {
        ...transcript,
        output: words,
        messages: mine,
        tool_calls: isPlaced ? calls.filter(({ step }) => step !== undefined && steps.has(step)) : [],
        ...(isPlaced ? {} : { untold: [...(transcript.untold ?? []), "tool_calls"] as const }),
      },
    };
  };
}
