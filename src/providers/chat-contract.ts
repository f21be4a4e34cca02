import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Message } from "../domain/message.ts";
import type { AnsweredReply, FailedReply, OpenTarget, Reply } from "../domain/provider.ts";
import { usageOf } from "../domain/transcript.ts";
import { type ChatServer, type Dialect, startChatServer } from "./testing/chat-server.ts";
import { ask, deadline, questionOf } from "./testing/fake-host.ts";

/** The chat provider that these tests check. */
export interface ContractSubject {
  readonly name: string;
  readonly dialect: Dialect;
  /**
   * Opens the provider for a server. Its API key is in the variable `KEY`, with the value
   * `sk-secret-1234567890`.
   */
  open(origin: string): Promise<OpenTarget>;
}

const userQuestion = (content: string) => questionOf({ messages: [{ role: "user", content }] });

/** The tests that every chat provider must pass, whatever its API. */
export function chatContract({ name, dialect, open }: ContractSubject): void {
  describe(`${name} keeps the chat contract:`, () => {
    let server: ChatServer;
    let target: OpenTarget;
    beforeAll(async () => {
      server = await startChatServer(dialect);
      target = await open(server.origin);
    });
    afterAll(async () => {
      await target.client.close();
      await server.close();
    });

    const answered = async (text: string): Promise<AnsweredReply> => {
      const reply = await ask(target, userQuestion(text));
      expect(reply).toMatchObject({ kind: "answered" });
      return reply as AnsweredReply;
    };
    const failed = async (text: string, signal?: AbortSignal): Promise<FailedReply> => {
      const reply: Reply = await ask(target, userQuestion(text), 1, signal);
      expect(reply).toMatchObject({ kind: "failed" });
      expect((reply as FailedReply).message).not.toMatch(/sk-secret|Bearer/);
      expect((reply as FailedReply).message).not.toContain("\n");
      return reply as FailedReply;
    };

    it("returns text, usage, model and the raw body", async () => {
      const reply = await answered("hello");
      expect(reply).toMatchObject({
        output: "ECHO hello",
        model: "m-1",
        usage: usageOf({ input_tokens: 12, output_tokens: 6 }),
      });
      expect(JSON.parse(reply.raw ?? "")).toEqual(dialect.answer("ECHO hello", "m-1"));
    });

    it("sends the key as a header and never in the request that is stored", async () => {
      await answered("hello");
      expect(JSON.stringify(server.arrived.at(-1)?.headers)).toContain("sk-secret-1234567890");
      expect(JSON.stringify(target.client.prepare(userQuestion("hello")))).not.toContain("sk-secret");
    });

    it("sends the parameters unchanged", async () => {
      await answered("hello");
      expect(server.arrived.at(-1)?.body).toMatchObject({ model: "m-1", temperature: 0 });
    });

    it("prepares the same request for the same question", () => {
      expect(target.client.prepare(userQuestion("x"))).toEqual(target.client.prepare(userQuestion("x")));
    });

    it("returns tool calls with their arguments parsed", async () => {
      const reply = await answered("call a tool");
      expect(reply.tool_calls).toEqual([{ id: "t1", name: "look_up", arguments: { id: 7 } }]);
    });

    it("keeps a number in a tool call that a double would change, as text", async () => {
      const reply = await answered("call a tool with a long id");
      expect(reply.tool_calls).toMatchObject([{ arguments: { id: "12345678901234567891" } }]);
    });

    it("distinguishes a refusal from an answer", async () => {
      expect(await answered("refuse")).toMatchObject({ output: "", refusal: "I cannot help." });
    });

    it("sends a whole conversation with tool calls and their results", async () => {
      const messages: readonly Message[] = [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Look up 7" },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "t1", name: "look_up", arguments: { id: 7 } }],
        },
        { role: "tool", content: "seven", tool_call_id: "t1" },
        { role: "user", content: "thanks" },
      ];
      const reply = await ask(target, questionOf({ messages }));
      expect(reply).toMatchObject({ output: "ECHO thanks" });
      const sent = JSON.stringify(server.arrived.at(-1)?.body);
      for (const part of ["Be brief.", "Look up 7", "look_up", "seven", "t1"]) expect(sent).toContain(part);
    });

    it.each([
      ["400", { error: "provider", transient: false }],
      ["401", { error: "provider", transient: false, fatal: true }],
      ["404", { error: "provider", transient: false, fatal: true }],
      ["429", { error: "rate-limit", transient: true }],
      ["429 after 2 s", { error: "rate-limit", transient: true, retry_after_ms: 2000 }],
      ["500", { error: "provider", transient: true }],
      ["529", { error: "provider", transient: true }],
      ["plain 502", { error: "provider", transient: true }],
      ["cut", { error: "provider", transient: true }],
      ["cut body", { error: "malformed-reply", transient: false }],
      ["not json", { error: "malformed-reply", transient: false }],
      ["empty", { error: "malformed-reply", transient: false }],
    ])("classifies the failure: %s", async (text, expected) => {
      expect(await failed(text)).toMatchObject(expected);
    });

    it("reports what the server said, without keys", async () => {
      expect((await failed("400")).message).toMatch(
        /^400 from 127\.0\.0\.1:\d+: said 400 about \[redacted\]$/,
      );
    });

    it.each(["hang", "slow body"])("calls it a timeout when the deadline ends a %s", async (text) => {
      expect(await failed(text, deadline(30))).toMatchObject({
        error: "timeout",
        message: "no reply within 30 ms",
      });
    });

    it("reports that the server cannot be reached", async () => {
      const gone = await startChatServer(dialect);
      await gone.close();
      const lost = await open(gone.origin);
      const reply = await ask(lost, userQuestion("hello"));
      expect(reply).toMatchObject({ error: "provider", transient: true, unreachable: true });
      await lost.client.close();
    });
  });
}
