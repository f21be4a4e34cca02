import { describe, expect, it } from "vitest";
import { anthropicMessages } from "./anthropic-messages.ts";
import { anthropicProvider } from "./anthropic-provider.ts";
import { chatContract } from "./chat-contract.ts";
import { anthropicDialect } from "./testing/dialects.ts";
import { fakeHost } from "./testing/fake-host.ts";

chatContract({
  name: "anthropic",
  dialect: anthropicDialect,
  open: (base_url) =>
    anthropicProvider.open(
      anthropicProvider.settings.parse({
        provider: "anthropic",
        model: "m-1",
        base_url,
        api_key_env: "KEY",
        params: { temperature: 0 },
      }),
      fakeHost({ env: { KEY: "sk-secret-1234567890" } }),
    ),
});

describe("anthropicMessages", () => {
  const wording = anthropicMessages("m-1", {});

  it("sends instructions separately and limits the answer's tokens", () => {
    expect(
      wording.request([
        { role: "system", content: "A" },
        { role: "user", content: "hi" },
        { role: "developer", content: "B" },
      ]),
    ).toEqual({
      model: "m-1",
      system: "A\n\nB",
      messages: [{ role: "user", content: "hi" }],
      max_tokens: 1024,
    });
  });

  it("puts the results of all tool calls of one turn into one message", () => {
    const request = wording.request([
      { role: "tool", content: "1", tool_call_id: "a" },
      { role: "tool", content: "2", tool_call_id: "b" },
    ]);
    expect(request.messages).toEqual([
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a", content: "1" },
          { type: "tool_result", tool_use_id: "b", content: "2" },
        ],
      },
    ]);
  });
});
