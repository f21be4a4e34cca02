import { conversationSteps, isTurn } from "../../domain/conversation.ts";
import { detailedCalls } from "../../domain/describe-transcript.ts";
import type { Message } from "../../domain/message.ts";
import type { Transcript } from "../../domain/transcript.ts";
import { messageText } from "./text-place.ts";

/** One turn of a conversation: the reply to one message of the person. */
export interface TurnPart {
  /** The transcript as if there had been nothing but this turn. */
  readonly transcript: Transcript;
  /** Null: it got no reply, for this reason. */
  readonly silent: string | null;
}

/** How many messages of a person stand in the prompt, before the first that the case writes down. */
function promptTurns(messages: readonly Message[], first: string | undefined): number {
  const at = messages.filter(isTurn).findIndex((one) => messageText(one) === first);
  return Math.max(0, at);
}

/**
 * The turns of an answer.
 * @param first what the person says first, as the case writes it down
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
    // An answer that is apart from the conversation replies to its last turn.
    const apart = to === messages.length && from !== undefined && text === "" ? output : "";
    const words = text === "" ? apart : text;
    const isPlaced = calls.every(({ step }) => step !== undefined);
    const silent =
      from === undefined
        ? `there is no such turn: the person spoke ${indexes.length - before} times`
        : words === "" && !mine.some((one) => one.role === "assistant")
          ? "nothing was said to it"
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
