import type { Message } from "../domain/message.ts";

/**
 * Wraps the conversion of messages to an API's format, so that messages of the assistant and of tools are converted
 * only once: an agent sends them again with each of its later steps. Other messages are converted each time,
 * because most of them are sent only once.
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
