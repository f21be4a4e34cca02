import type { Message } from "../domain/message.ts";

/**
 * Puts what an agent has said and done into an API's words once, because each of its steps asks with all messages before it.
 * Messages of prompts are asked once, so nothing of them is kept.
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
