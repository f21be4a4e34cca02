import { describe, expect, it } from "vitest";
import { conversationSteps } from "../../domain/conversation.ts";
import { describeTranscript } from "../../domain/describe-transcript.ts";
import type { Message } from "../../domain/message.ts";
import { conversationOfSpans } from "../../traces/conversation-of-spans.ts";
import type { TracedTrial } from "../exported.ts";
import { HEADER, tracedTrial } from "../testing/traced-trial.ts";
import { otlpDocument } from "./otlp-document.ts";
import type { MadeSpan } from "./span.ts";
import { trialSpans } from "./trial-spans.ts";

const QUESTION: Message = { role: "user", content: "where is 7?" };
const asks = (id: string, name: string, asked: object): Message => ({
  role: "assistant",
  content: null,
  tool_calls: [{ id, name, arguments: asked as never }],
});
const gives = (id: string, content: string): Message => ({ role: "tool", tool_call_id: id, content });
const REPLY: Message = { role: "assistant", content: "done" };

/** Conversations of every kind that a trial can have. */
const CONVERSATIONS: Readonly<Record<string, readonly Message[]>> = {
  "a question and an answer": [QUESTION, REPLY],
  "instructions and several turns": [
    { role: "system", content: "be kind" },
    QUESTION,
    { role: "assistant", content: "which 7?" },
    { role: "user", content: "the blue one" },
    REPLY,
  ],
  "tools one after the other": [
    QUESTION,
    asks("k1", "find", { n: 7 }),
    gives("k1", '{"found":true}'),
    asks("k2", "pay", { usd: 1.5 }),
    gives("k2", "paid"),
    REPLY,
  ],
  "two tools at once": [
    QUESTION,
    {
      role: "assistant",
      content: "looking",
      tool_calls: [
        { id: "a", name: "find", arguments: { n: 1 } },
        { id: "b", name: "find", arguments: { n: 2 } },
      ],
    },
    gives("a", "one"),
    gives("b", "two"),
    REPLY,
  ],
  "a tool that fails": [QUESTION, asks("k1", "find", {}), gives("k1", '{"error":"no such order"}'), REPLY],
  "hostile words": [
    { role: "user", content: '<script>alert(1)</script> \u202e "x" \n\r灯 ' },
    { role: "assistant", content: "done" },
  ],
};

const documentOf = (trial: TracedTrial) => otlpDocument(trialSpans(trial, HEADER));
const byName = (spans: readonly MadeSpan[], start: string): readonly MadeSpan[] =>
  spans.filter(({ name }) => name.startsWith(start));

describe("trialSpans", () => {
  it.each(Object.entries(CONVERSATIONS))("are read back as %s", (_, messages) => {
    const read = conversationOfSpans(documentOf(tracedTrial(messages)));
    const plain = (list: readonly Message[]) =>
      list.map(({ role, content, tool_calls = [], tool_call_id }) => ({
        ...{ role, content, tool_call_id },
        calls: tool_calls.map(({ id, name, arguments: asked }) => [id, name, asked]),
      }));
    expect(plain(read.messages)).toEqual(plain(messages));
    expect(conversationSteps(read.messages).tool_calls.map(({ result, error }) => [result, error])).toEqual(
      conversationSteps(messages).tool_calls.map(({ result, error }) => [result, error]),
    );
    expect(read.unread).toEqual([]);
    expect(read.usage).toEqual({ input_tokens: 20, output_tokens: 5 });
  });

  it("are equal in a second export, and have other ids for another trial", () => {
    const messages = CONVERSATIONS["tools one after the other"] ?? [];
    const text = (trial: number) =>
      JSON.stringify(documentOf(tracedTrial(messages, { trial })).resourceSpans);
    expect(text(1)).toBe(text(1));
    const ids = (trial: number) => trialSpans(tracedTrial(messages, { trial }), HEADER).map(({ id }) => id);
    expect(new Set([...ids(1), ...ids(2)]).size).toBe(2 * ids(1).length);
  });

  it("have the tokens of the whole trial only at its last call, and none when they are unknown", () => {
    const spans = trialSpans(tracedTrial(CONVERSATIONS["tools one after the other"] ?? []), HEADER);
    expect(byName(spans, "chat").map(({ attributes }) => attributes["gen_ai.usage.input_tokens"])).toEqual([
      undefined,
      undefined,
      20,
    ]);
    const [only] =
      documentOf(tracedTrial([QUESTION, REPLY], { usage: null })).resourceSpans[0]?.scopeSpans[0]?.spans ??
      [];
    expect(only?.attributes.some(({ key }) => key.startsWith("gen_ai.usage"))).toBe(false);
  });

  it("end with the answer, follow one another, and give tools their measured time", () => {
    const called = [QUESTION, asks("k1", "find", {}), gives("k1", "x"), REPLY];
    const traced = tracedTrial(called);
    const calls = describeTranscript({
      ...{
        output: "done",
        messages: called,
        usage: traced.usage ?? ({} as never),
        latency_ms: 900,
        cost_usd: null,
      },
      ...{ finish_reason: null, tool_calls: [{ id: "k1", name: "find", arguments: {}, latency_ms: 300 }] },
    });
    const spans = trialSpans({ ...traced, transcript: calls }, HEADER);
    const ms = ({ start, end }: MadeSpan): readonly number[] =>
      [start, end].map((one) => Number(one / 1_000_000n) - Date.parse("2026-03-01T12:00:04.100Z"));
    expect(spans.map((span) => [span.name.split(" ")[0], ...ms(span)])).toEqual([
      ["invoke_agent", 0, 900],
      ["chat", 0, 300],
      ["execute_tool", 300, 600],
      ["chat", 600, 900],
    ]);
  });

  it.each([null, 0, 900])(
    "start one after another, also when nobody measured how long (%s ms)",
    (latency_ms) => {
      for (const messages of Object.values(CONVERSATIONS)) {
        const [root, ...spans] = trialSpans(tracedTrial(messages, { latency_ms }), HEADER);
        const starts = spans.map(({ start }) => start / 1000n);
        expect(starts).toEqual([...new Set(starts)].sort((a, b) => Number(a - b)));
        for (const { start, end } of spans) {
          expect(start >= (root?.start ?? 0n)).toBe(true);
          expect(end <= (root?.end ?? 0n)).toBe(true);
        }
      }
    },
  );

  it("have an event for each scorer, with its score or with why it could not score", () => {
    const [root] = trialSpans(
      tracedTrial([QUESTION, REPLY], {
        scores: { right: { score: 0.25, pass: false, reason: "no" }, other: null },
        voids: { other: "no JSON" },
      }),
      HEADER,
    );
    expect(root?.events.map(({ name, attributes }) => [name, attributes])).toEqual([
      [
        "gen_ai.evaluation.result",
        {
          "gen_ai.evaluation.name": "right",
          "gen_ai.evaluation.score.value": { double: 0.25 },
          "gen_ai.evaluation.score.label": "fail",
          "gen_ai.evaluation.explanation": "no",
        },
      ],
      [
        "gen_ai.evaluation.result",
        {
          "gen_ai.evaluation.name": "other",
          "error.type": "_OTHER",
          "gen_ai.evaluation.explanation": "no JSON",
        },
      ],
    ]);
  });

  it("show a trial without an answer as a failed call without scores", () => {
    const [root, ...more] = trialSpans(
      tracedTrial([], {
        ...{ outcome: "errored", error: "timeout", message: "no answer in 60 s", transcript: null },
        ...{ output: null, at: null, pass: null, scores: { right: null }, model: null, usage: null },
      }),
      HEADER,
    );
    expect(more).toEqual([]);
    expect(root).toMatchObject({
      error: "no answer in 60 s",
      attributes: { "error.type": "timeout" },
      events: [],
    });
  });

  it("use the case's input when the conversation was not stored", () => {
    const read = conversationOfSpans(documentOf(tracedTrial([], { reply: "" })));
    expect(read.messages.map(({ role, content }) => [role, content])).toEqual([
      ["user", '{"q":"where?"}'],
      ["assistant", ""],
    ]);
  });

  it("name only providers of the conventions, and the model that answered instead of a file", () => {
    const recorded = { ...HEADER, provider: "outputs", model: "fixtures/a.jsonl" };
    const attributes = (model: string) =>
      trialSpans(tracedTrial([QUESTION, REPLY], { model }), recorded)[0]?.attributes;
    expect(attributes("gpt-x")).toMatchObject({
      "gen_ai.provider.name": "_OTHER",
      "gen_ai.request.model": "gpt-x",
    });
    expect(attributes("fixtures/a.jsonl")).toMatchObject({ "gen_ai.request.model": "small" });
  });
});
