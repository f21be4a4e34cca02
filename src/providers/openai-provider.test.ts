import { describe, expect, it } from "vitest";
import { chatContract } from "./chat-contract.ts";
import { openaiProvider } from "./openai-provider.ts";
import { startChatServer } from "./testing/chat-server.ts";
import { chatDialect, responsesDialect } from "./testing/dialects.ts";
import { ask, fakeHost, questionOf } from "./testing/fake-host.ts";

const KEY = "sk-secret-1234567890";
const open = (settings: object, env: Record<string, string> = { KEY }) =>
  openaiProvider.open(
    openaiProvider.settings.parse({ provider: "openai", model: "m-1", ...settings }),
    fakeHost({ env }),
  );
const question = questionOf({ messages: [{ role: "user", content: "hello" }] });

for (const [api, dialect] of [
  ["chat", chatDialect],
  ["responses", responsesDialect],
] as const) {
  chatContract({
    name: `openai (${api})`,
    dialect,
    open: (origin) => open({ api, base_url: `${origin}/v1`, api_key_env: "KEY", params: { temperature: 0 } }),
  });
}

describe("openaiProvider", () => {
  it("needs no key for a self-hosted server", async () => {
    const server = await startChatServer(chatDialect);
    const target = await open({ base_url: `${server.origin}/v1` }, {});
    expect(await ask(target, question)).toMatchObject({ output: "ECHO hello" });
    await target.client.close();
    await server.close();
  });

  it("opens and prepares requests without its key, and fails every trial in the same way", async () => {
    const target = await open({}, {});
    expect(target.client.prepare(question)).toMatchObject({ model: "m-1" });
    expect(await ask(target, question)).toMatchObject({
      fatal: true,
      unsent: true,
      message: "OPENAI_API_KEY is not set in the environment or .env",
    });
    await target.client.close();
  });

  it("fills extra headers from the environment and keeps them out of its identity", async () => {
    const server = await startChatServer(chatDialect);
    const headers = { "api-key": "$" + "{env:KEY}", "x-team": "qa" };
    const target = await open({ base_url: `${server.origin}/v1`, headers });
    await ask(target, question);
    expect(server.arrived[0]?.headers).toMatchObject({ "api-key": KEY, "x-team": "qa" });
    expect(JSON.stringify(target.identity)).not.toMatch(/api-key|sk-/);
    await target.client.close();
    await server.close();
  });

  it.each([
    { api_key_env: "sk-proj-1234567890abcdef" },
    { headers: { authorization: "Bearer abc" } },
    { base_url: "https://me:pass@llm.example.com/v1" },
    { base_url: "https://llm.example.com/v1?key=abc" },
    { params: { user: "sk-proj-1234567890abcdef" } },
  ])("refuses a key in the file: %j", async (settings) => {
    const error = await open(settings).catch((e: unknown) => e);
    expect(error).toMatchObject({ problem: { code: "EVALS_SECRET_IN_FILE" } });
    expect(String((error as Error).message)).not.toContain("1234567890abcdef");
  });

  it.each([{ modle: "x" }, { params: { stream: true } }, { base_url: "localhost:8080" }])(
    "refuses %j",
    (wrong) => {
      expect(openaiProvider.settings.safeParse({ provider: "openai", model: "m", ...wrong }).success).toBe(
        false,
      );
    },
  );

  it.each([
    ["gpt-4o", undefined, "gpt-4o"],
    ["gpt-4o-2024-08-06", undefined, undefined],
    ["gpt-4-0613", undefined, undefined],
    ["chatgpt-4o-latest", "http://localhost:4000", "chatgpt-4o-latest"],
    ["qwen2.5-7b-instruct", "http://localhost:8000/v1", undefined],
  ])(
    "reports the model's name if its provider may move it to a new version: %s at %s, %s",
    (model, base_url, floating) => {
      const settings = openaiProvider.settings.parse({
        provider: "openai",
        model,
        ...(base_url && { base_url }),
      });
      expect(openaiProvider.floating?.(settings)).toBe(floating);
    },
  );
});
