import { contentText } from "./content-text.ts";
import type { Json } from "./json.ts";
import type { Message } from "./message.ts";
import type { TrafficTrace } from "./traffic.ts";

/** The user's messages in a conversation, by turn; turns without text are left out. */
export function personTexts(messages: readonly Message[]): string[] {
  return messages.flatMap(({ role, content }) => {
    const text = role === "user" ? contentText(content) : "";
    return text.trim() === "" ? [] : [text];
  });
}

/**
 * The user's input of a trace, in the form of a case's input: the user's text if the user sent only one message, else
 * the conversation up to the user's last message. The application's system prompt is not included. Null when the
 * trace contains no text from the user.
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
