import { describe, expect, it } from "vitest";
import type { Message } from "../domain/message.ts";
import { anthropicMessages } from "./anthropic-messages.ts";
import { chatCompletions } from "./openai-chat.ts";
import { responsesApi } from "./openai-responses.ts";

describe("an agent's conversation in an API's words", () => {
  const instruction: Message = { role: "system", content: "Look after orders." };
  const steps = Array.from({ length: 6 }, (_, at): readonly Message[] => [
    { role: "assistant", content: null, tool_calls: [{ id: `c${at}`, name: "look", arguments: { at } }] },
    { role: "tool", content: `{"total":${at}}`, tool_call_id: `c${at}` },
  ]);

  it.each([
    ["chat completions", chatCompletions],
    ["responses", responsesApi],
    ["Anthropic's messages", anthropicMessages],
  ])("of %s words what was said and done before once, and each step as it is without that", (_, wording) => {
    const { request } = wording("m", {});
    const asked = new Set<unknown>();
    for (let step = 0; step <= steps.length; step++) {
      const messages = [
        instruction,
        { role: "user", content: "Go." } as const,
        ...steps.slice(0, step).flat(),
      ];
      const made = request(messages);
      expect(made).toEqual(wording("m", {}).request(messages));
      for (const one of (made.messages ?? made.input) as object[])
        if (/"c\d"/.test(JSON.stringify(one))) asked.add(one);
    }
    expect(asked.size).toBe(2 * steps.length);
  });
});
