import type { Json } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import { membersOf, messagesOf } from "./chat-shapes.ts";

/**
 * The messages of a prepared request to any chat API. Empty for any other request, for instance to an application
 * with its own conversation format.
 */
export function askedMessages(request: Json): readonly Message[] {
  const asked = membersOf(request);
  if (typeof asked?.model !== "string") return [];
  const messages = messagesOf(asked.messages ?? asked.input) ?? [];
  const { system } = asked;
  return typeof system === "string" ? [{ role: "system", content: system }, ...messages] : messages;
}
