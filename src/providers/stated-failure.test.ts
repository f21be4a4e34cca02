import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FailedReply } from "../domain/provider.ts";
import { isStated } from "../domain/stated-error.ts";
import { refusedPrompt, statedFailure } from "./stated-failure.ts";
import {
  askShape,
  GIVEN_SHAPES,
  HTTP_SHAPES,
  type RawServer,
  startRawServer,
} from "./testing/reply-shapes.ts";

let server: RawServer;
beforeAll(async () => {
  server = await startRawServer();
});
afterAll(() => server.close());

describe.each(HTTP_SHAPES)("a reply of $name that reports its own failure", (shape) => {
  const failing = async (body: object): Promise<FailedReply> => {
    server.answer = { body: JSON.stringify(body) };
    const reply = await askShape(shape, server);
    expect(reply).toMatchObject({ kind: "failed", error: expect.stringMatching(/provider|rate-limit/) });
    return reply as FailedReply;
  };

  it.each([
    { error: { code: 502, message: "The upstream died." } },
    { error: { message: "The upstream died.", code: null } },
    { error: "The upstream died." },
    { errors: [{ message: "The upstream died." }] },
    { errors: ["The upstream died."] },
    { success: false, message: "The upstream died." },
    { status: "failed", message: "The upstream died." },
    { ok: false, message: "The upstream died." },
    { is_error: true, detail: "The upstream died." },
    { status: 503, message: "The upstream died." },
    { statusCode: 500, message: "The upstream died." },
    { errorMessage: "The upstream died.", errorType: "Runtime.ExitError" },
    { error_code: 18, error_msg: "The upstream died." },
    { exception: "The upstream died." },
    { object: "error", message: "The upstream died.", code: 400 },
  ])("is a failure despite its content: %j", async (more) => {
    expect((await failing(shape.body("blue", { body: more }))).message).toContain("The upstream died.");
  });

  it.each([{ error: { error: { message: "Gone." } } }, { detail: "Gone.", error: true }])(
    "is a failure without content: %j",
    async (body) => {
      expect((await failing(body)).message).toContain("Gone.");
    },
  );

  it("is a failure by what a gateway says of the upstream reply beside a chat's choices", () => {
    const how = { raw: "", where: "api.test", redact: (text: string) => text };
    const choice = { index: 0, finish_reason: "stop", message: { role: "assistant", content: "blue" } };
    for (const body of [
      { choices: [{ ...choice, native_finish_reason: "ERROR" }] },
      { choices: [choice], code: 500, msg: "Internal." },
      { choices: [choice], code: "429" },
    ])
      expect(statedFailure(body, how), JSON.stringify(body)).toMatchObject({ kind: "failed" });
    for (const body of [
      { choices: [{ ...choice, native_finish_reason: "STOP" }], code: 200 },
      { choices: [choice], code: null },
    ])
      expect(statedFailure(body, how), JSON.stringify(body)).toBeUndefined();
  });

  it("is a failure by the finish reason alone", async () => {
    for (const reason of ["error", "ERROR", "network_error", "aborted"])
      await failing(shape.body("blue", shape.ended(reason)));
  });

  it("is not a failure if its error members are empty", async () => {
    for (const error of [
      null,
      "",
      false,
      {},
      [],
      { code: null, message: null },
      { code: 0, message: "success" },
    ]) {
      const fine = { ok: true, failed: false, error_code: 0, errorMessage: null, statusCode: 200 };
      server.answer = { body: JSON.stringify(shape.body("blue", { body: fine })) };
      expect(await askShape(shape, server)).toMatchObject({ kind: "answered", output: "blue" });
      server.answer = { body: JSON.stringify(shape.body("blue", { body: { error, errors: [] } })) };
      expect(await askShape(shape, server)).toMatchObject({ kind: "answered", output: "blue" });
    }
  });

  it("is classified by its code: a rate limit may be retried, a wrong key applies to all trials", async () => {
    expect(await failing({ error: { code: 429, message: "slow down" } })).toMatchObject({
      error: "rate-limit",
      transient: true,
    });
    expect(await failing({ error: { code: 401, message: "no" } })).toMatchObject({
      transient: false,
      fatal: true,
    });
  });
});

describe.each(HTTP_SHAPES.filter(({ settings }) => settings("").provider !== "anthropic"))(
  "the part of a $name reply that contains the answer",
  (shape) => {
    it("may contain a failure", async () => {
      const part = { error: { message: "It broke off upstream." } };
      server.answer = { body: JSON.stringify(shape.body("blue", { part })) };
      const reply = await askShape(shape, server);
      expect(reply).toMatchObject({
        kind: "failed",
        message: expect.stringContaining("It broke off upstream."),
      });
    });
  },
);

describe.each(GIVEN_SHAPES)("an answer of a $name", (shape) => {
  it.each([
    { output: "blue", error: "The model was down." },
    { output: "", error: { message: "The model was down." } },
    { error: "The model was down." },
    { output: "The model was down.", finish_reason: "error" },
    { output: "blue", errors: ["The model was down."] },
    { output: "blue", error_message: "The model was down." },
    { output: "blue", exception: "The model was down." },
  ])("that says that it failed is a failure: %j", async (answer) => {
    expect(await shape.ask(answer)).toMatchObject({
      kind: "failed",
      error: "provider",
      message: expect.stringMatching(/The model was down\.|finish reason error/),
    });
  });

  it("may have an empty error member, and may report success", async () => {
    for (const fine of [{ error: null }, { errors: [] }, { success: true, status: "ok" }])
      expect(await shape.ask({ output: "blue", ...fine })).toMatchObject({
        kind: "answered",
        output: "blue",
      });
  });

  it("is a failure because of its status, except in an outputs file, where such members are notes", async () => {
    for (const state of [{ success: false }, { status: "failed" }, { status: "error" }, { ok: false }]) {
      const reply = await shape.ask({ output: "blue", ...state });
      if (shape.name === "outputs") expect(reply).toMatchObject({ kind: "answered", output: "blue" });
      else
        expect(reply).toMatchObject({
          kind: "failed",
          error: "provider",
          message: expect.stringMatching(
            /says that it failed: (?:success: false|ok: false|status: "(?:failed|error)")/,
          ),
        });
    }
  });

  it("is not an answer if its output is null, unless it says why", async () => {
    expect(await shape.ask({ output: null })).toMatchObject({ kind: "failed", error: "malformed-reply" });
    expect(await shape.ask({ output: null, refusal: "I will not." })).toMatchObject({
      kind: "answered",
      output: "",
      refusal: "I will not.",
    });
  });
});

describe("an object around the answer of an http service", () => {
  const shape = HTTP_SHAPES.find(({ name }) => name === "http") as (typeof HTTP_SHAPES)[number];

  it.each([
    ["$.data.answer", { data: { answer: "blue", error: { message: "Gone." } } }, "failed"],
    ["$.data.answer", { data: { answer: "blue", success: false } }, "failed"],
    ["$['results'][0].text", { results: [{ text: "blue", error: "Gone." }] }, "failed"],
    ["$.data.answer", { data: { answer: "blue", error: null } }, "answered"],
    ["$.order.reply", { order: { reply: "blue", status: "failed" } }, "answered"],
    ["$.status", { status: "failed" }, "answered"],
    ["$.data.error", { data: { error: "blue" } }, "answered"],
  ])("read by %s as %j has %s", async (answer, body, kind) => {
    server.answer = { body: JSON.stringify(body) };
    expect((await askShape(shape, server, { answer })).kind).toBe(kind);
  });
});

describe("an http service whose whole text is the answer", () => {
  const whole = HTTP_SHAPES.find(({ name }) => name === "http") as (typeof HTTP_SHAPES)[number];

  it.each([
    ['{"error":"busy","code":500}', "failed"],
    ['{"queue":"billing","error":"none found"}', "answered"],
    ["{ not JSON", "answered"],
  ])("with %s has %s", async (body, kind) => {
    server.answer = { body };
    expect(await askShape(whole, server, { answer: undefined })).toMatchObject({ kind });
  });

  it("may give its error as the answer, if the path points there", async () => {
    server.answer = { body: '{"error":{"message":"no such order"}}' };
    const reply = await askShape(whole, server, { answer: "$.error.message" });
    expect(reply).toMatchObject({ kind: "answered", output: "no such order" });
  });
});

describe("a prompt that the provider's filter refuses", () => {
  it.each(HTTP_SHAPES)("is an answered refusal of $name", async (shape) => {
    for (const error of [
      { message: "Filtered.", code: "content_filter" },
      { message: "Filtered.", code: "400", innererror: { code: "ResponsibleAIPolicyViolation" } },
      { message: "Filtered.", type: "content_policy_violation" },
      { message: "Filtered.", code: 403, metadata: { flagged_input: "…", reasons: ["violence"] } },
    ])
      for (const status of [200, 400]) {
        server.answer = { status, body: JSON.stringify({ error }) };
        expect(await askShape(shape, server)).toMatchObject({
          kind: "answered",
          output: "",
          refusal: "Filtered.",
          finish_reason: "content_filter",
        });
      }
    server.answer = {
      status: 400,
      body: JSON.stringify({ error: { message: "content_filter is no parameter" } }),
    };
    expect(await askShape(shape, server)).toMatchObject({ kind: "failed" });
  });

  it.each<[number, object]>([
    [400, { message: "The generated text has been blocked by our content filters." }],
    [400, { message: "Output blocked by content filtering policy" }],
    [400, { message: "The user's message was blocked by guardrails" }],
    [400, { message: "User input was blocked by content moderation" }],
    [403, { message: "Input blocked by guardrails", type: "guardrail_blocked", code: 403 }],
    [400, { error: { message: "Content Exists Risk", code: "invalid_request_error" } }],
    [400, { error: { message: "litellm.ContentPolicyViolationError: x", type: null, code: "400" } }],
    [400, { error: { code: "1301", message: "敏感内容" }, contentFilter: [{ level: 1, role: "user" }] }],
    [422, { error: { message: "no", type: "content_policy" } }],
    [400, { errors: [{ message: "prompt blocked by moderation: flagged", code: 2016 }] }],
  ])("is recognized in %i %j", (status, body) => {
    expect(refusedPrompt(status, JSON.stringify(body), (text) => text)).toMatchObject({ kind: "answered" });
  });

  it.each([
    "Blocked by the content security policy",
    "Blocked by the firewall",
    "Your account was blocked by our fraud system",
    "Your API key has been blocked by our safety system",
    "Organization org-12 was blocked by moderation",
    "This organization is temporarily blocked by content moderation",
    "content_policy is no parameter",
  ])("is not what %j says", (message) => {
    expect(refusedPrompt(400, JSON.stringify({ error: { message } }), (text) => text)).toBeUndefined();
  });

  it("is recognized by Google's block reason in a reply without an answer", () => {
    const how = { raw: "", where: "api.test", redact: (text: string) => text };
    expect(statedFailure({ promptFeedback: { blockReason: "SAFETY" } }, how)).toMatchObject({
      kind: "answered",
      refusal: "the prompt was blocked: SAFETY",
    });
  });
});

describe("isStated", () => {
  it("does not take signs of success for an error", () => {
    for (const nothing of [undefined, null, 0, "", " ", "OK", "none", [], {}, { a: [null] }])
      expect(isStated(nothing)).toBe(false);
    for (const something of [true, 1, "x", [{ a: "x" }]]) expect(isStated(something)).toBe(true);
  });
});

describe("a reply without an answer", () => {
  it.each(HTTP_SHAPES)("of $name is described with its own text", async (shape) => {
    server.answer = { body: '{"message":"This model takes at most 4096 tokens.","hint":"shorten"}' };
    expect(await askShape(shape, server)).toMatchObject({
      kind: "failed",
      error: "malformed-reply",
      message: expect.stringContaining("it says: This model takes at most 4096 tokens."),
    });
  });

  it("of a service in the shape of a chat API may be a refusal", async () => {
    const http = HTTP_SHAPES.find(({ name }) => name === "http") as (typeof HTTP_SHAPES)[number];
    for (const body of [
      { choices: [{ finish_reason: "stop", message: { content: null, refusal: "refused: rude" } }] },
      { choices: [{ finish_reason: "content_filter", message: { content: null } }] },
      { candidates: [{ finishReason: "SAFETY" }] },
      { promptFeedback: { blockReason: "SAFETY" } },
    ]) {
      server.answer = { body: JSON.stringify(body) };
      expect(await askShape(http, server)).toMatchObject({
        kind: "answered",
        output: "",
        refusal: expect.stringMatching(/refused|blocked/),
      });
    }
  });
});

describe("a reply that is nested too deeply", () => {
  it.each(HTTP_SHAPES)("of $name fails only its own trial", async (shape) => {
    const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
    for (const status of [200, 400, 500]) {
      server.answer = { status, body: `{"error":${deep}}` };
      expect(await askShape(shape, server)).toMatchObject({ kind: "failed" });
    }
  });
});
