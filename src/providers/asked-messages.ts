import type { Json } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import { membersOf } from "./chat-shapes.ts";
import { readConversation } from "./conversation-shapes.ts";

/**
 * The conversation that a chat model was sent, read from the request as it was prepared in the words of any chat API.
 * Empty for a request of another kind: an application has a conversation of its own.
 */
export function askedMessages(request: Json): readonly Message[] {
  const asked = membersOf(request);
  if (typeof asked?.model !== "string") return [];
  const messages = readConversation(asked.messages ?? asked.input)?.messages ?? [];
  const { system } = asked;
  return typeof system === "string" ? [{ role: "system", content: system }, ...messages] : messages;
}
