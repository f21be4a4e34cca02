import type { Message } from "../domain/message.ts";

/**
 * Converts each message of an agent to an API's format only once. Each step of an agent sends all earlier
 * messages again, so the converted messages of the assistant and of tools are kept. The other messages are not
 * kept, because most of them are sent only once.
 */
export function wordedOnce<Wire>(word: (message: Message) => Wire): (message: Message) => Wire {
  const worded = new WeakMap<Message, Wire>();
  return (message) => {
    if (message.role !== "assistant" && message.role !== "tool") return word(message);
    let wire = worded.get(message);
    if (wire === undefined) {
      wire = word(message);
      worded.set(message, wire);
    }
    return wire;
  };
}
