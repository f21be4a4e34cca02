import type { Json } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import { membersOf } from "./chat-shapes.ts";
import { readConversation } from "./conversation-shapes.ts";

/**
 * The messages of a prepared request to any chat API. Empty for any other request, for instance to an application
 * with its own conversation format.
 */
export function askedMessages(request: Json): readonly Message[] {
  const asked = membersOf(request);
  if (typeof asked?.model !== "string") return [];
  const messages = readConversation(asked.messages ?? asked.input)?.messages ?? [];
  const { system } = asked;
  return typeof system === "string" ? [{ role: "system", content: system }, ...messages] : messages;
}
