import { contentText } from "./content-text.ts";
import type { Json } from "./json.ts";
import type { Message } from "./message.ts";
import type { TrafficTrace } from "./traffic.ts";

/** What the person wrote in a conversation, turn by turn; turns without a text are left out. */
export function personTexts(messages: readonly Message[]): string[] {
  return messages.flatMap(({ role, content }) => {
    const text = role === "user" ? contentText(content) : "";
    return text.trim() === "" ? [] : [text];
  });
}

/**
 * What a trace was asked, as the input of a case: the person's words where they spoke once, else the conversation up to the last answer.
 * The instructions that the application gave its model are no part of it. Null where its producer keeps no contents.
 */
export function askedOf({ transcript: { messages } }: Pick<TrafficTrace, "transcript">): Json {
  const [only, second] = personTexts(messages);
  if (only === undefined) return null;
  if (second === undefined) return only;
  const last = messages.findLastIndex(({ role }) => role === "user");
  return messages
    .slice(0, last + 1)
    .filter(({ role, content }) => (role === "user" || role === "assistant") && content !== null)
    .map(({ role, content }) => ({ role, content: contentText(content) }));
}
