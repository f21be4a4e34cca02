import { describe, expect, it } from "vitest";
import { joinedSpans, keptSpan, spansOfText, textOfSpans } from "./kept-span.ts";
import { contentOf } from "./read-span.ts";
import type { Span } from "./span.ts";
import { trafficOfSpans } from "./traffic-of-spans.ts";

const AT = 1_777_777_777_000_000_000n;
const span = (id: string, attributes: Span["attributes"], more: Partial<Span> = {}): Span => ({
  ...{ trace: "t", id, parent: "", name: `span ${id}`, start: AT, end: AT + 1_000_000n, attributes },
  ...{ events: [], error: undefined, schema: "", resource: {}, ...more },
});
const chat = (
  id: string,
  reply: string,
  more: Partial<Span> = {},
  attributes: Span["attributes"] = {},
): Span =>
  span(
    id,
    {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.response.model": "m-1",
      "gen_ai.usage.input_tokens": 10,
      "gen_ai.usage.output_tokens": 2,
      "gen_ai.input.messages": [{ role: "user", parts: [{ type: "text", content: "Hi" }] }],
      "gen_ai.output.messages": [{ role: "assistant", parts: [{ type: "text", content: reply }] }],
      ...attributes,
    },
    { parent: "root", ...more },
  );
const root = (attributes: Span["attributes"], more: Partial<Span> = {}): Span =>
  span("root", { "gen_ai.operation.name": "invoke_agent", ...attributes }, { end: AT + 9_000_000n, ...more });

describe("a trace of production", () => {
  it("has the fields of its exchange besides the conversation", () => {
    const trace = trafficOfSpans("t", [
      root(
        { "session.id": "s", "user.id": "u", "tag.tags": ["a", "b", "a"], "prompt.name": "support@1.2.0" },
        { resource: { "service.name": "bot", "deployment.environment.name": "production" } },
      ),
      chat("1", "Hello.", {}, { "gen_ai.response.finish_reasons": ["stop"], "gen_ai.usage.cost": 0.25 }),
      chat("2", "Bye.", { start: AT + 5n }, { "gen_ai.usage.cost": 0.5 }),
    ]);
    expect(trace).toMatchObject({
      id: "t",
      at: "2026-05-03T03:09:37.000Z",
      ...{ session: "s", user: "u", service: "bot", environment: "production", arm: null },
      ...{ model: "m-1", prompt: "support", prompt_version: "1.2.0", tags: ["a", "b"] },
      ...{ convention: "OpenTelemetry GenAI 1.37 to 1.41", error: null, latency_ms: 9, cost_usd: 0.75 },
      usage: { input_tokens: 20, output_tokens: 4, cached_input_tokens: null },
      feedback: [],
      transcript: { output: "Bye.", finish_reason: "stop", refusal: null },
    });
    expect(trace?.transcript.untold).toBeUndefined();
  });

  it.each<[string, Span["attributes"], object]>([
    [
      "metadata as an object",
      { metadata: { thread_id: "s", user_id: 7, arm: "b" } },
      { session: "s", user: "7", arm: "b" },
    ],
    ["metadata as JSON", { metadata: '{"session_id":"s","tags":["x"]}' }, { session: "s", tags: ["x"] }],
    ["properties of an association", { "traceloop.association.properties.user_id": "u" }, { user: "u" }],
    ["metadata of telemetry", { "ai.telemetry.metadata.sessionId": "s" }, { session: "s" }],
    ["tags as JSON", { "tag.tags": '["a","arm:b"]' }, { tags: ["a", "arm:b"], arm: "b" }],
    ["tags with commas", { "langfuse.trace.tags": "a, b" }, { tags: ["a", "b"] }],
    [
      "a version that is a number",
      { "prompt.name": "p", "prompt.version": 3 },
      { prompt: "p", prompt_version: "3" },
    ],
    [
      "nothing",
      {},
      { session: null, user: null, tags: [], prompt: null, prompt_version: null, cost_usd: null },
    ],
  ])("finds its fields in %s", (_, attributes, found) => {
    const spans = [root(attributes), chat("1", "Hello.")].map((one) => keptSpan(one).span);
    expect(trafficOfSpans("t", spans)).toMatchObject(found);
  });

  it("takes the arm from a feature flag that was evaluated", () => {
    const events = [{ name: "feature_flag.evaluation", attributes: { "feature_flag.result.variant": "b" } }];
    expect(trafficOfSpans("t", [chat("1", "Hello.", { events })])).toMatchObject({ arm: "b" });
  });

  it("has no cost when one of its calls has none, and an unknown refusal when no span reports it", () => {
    const trace = trafficOfSpans("t", [chat("1", "a", {}, { "gen_ai.usage.cost": 1 }), chat("2", "b")]);
    expect(trace).toMatchObject({ cost_usd: null, transcript: { untold: ["refusal"] } });
  });

  it.each<[string, Span[], string | null]>([
    ["the outermost span", [root({}, { error: "gone" }), chat("1", "Hello.")], "gone"],
    [
      "an inner span, when nothing was answered",
      [root({}), chat("1", "", { error: "upstream closed" })],
      "upstream closed",
    ],
    [
      "no span, when the failed call was repeated",
      [root({}), chat("1", "", { error: "busy" }), chat("2", "ok", { start: AT + 9n })],
      null,
    ],
  ])("has the right error: that of %s", (_, spans, error) =>
    expect(trafficOfSpans("t", spans)).toMatchObject({ error }),
  );

  it("has its feedback, each with a score, a label or a comment", () => {
    const feedback = (attributes: object) => ({
      name: "gen_ai.evaluation.result",
      attributes: { "gen_ai.evaluation.name": "thumbs", ...attributes },
    });
    const events = [
      feedback({ "gen_ai.evaluation.score.value": 0 }),
      feedback({ "gen_ai.evaluation.score.label": "fail", "gen_ai.evaluation.explanation": "rude" }),
      feedback({}),
    ];
    expect(trafficOfSpans("t", [chat("1", "Hello.", { events })])?.feedback).toEqual([
      { name: "thumbs", score: 0, label: null, comment: null },
      { name: "thumbs", score: null, label: "fail", comment: "rude" },
    ]);
  });

  it("does not exist without a call of a model or a tool", () => {
    expect(trafficOfSpans("t", [span("1", { "http.request.method": "POST" })])).toBeUndefined();
  });

  it("counts a call once when an outer span repeats it, even with an unrelated span between the two", () => {
    const spans = [
      chat("outer", "Hello.", { parent: "" }),
      span("mid", {}, { parent: "outer" }),
      chat("1", "Hello.", { parent: "mid" }),
    ];
    const trace = trafficOfSpans(
      "t",
      spans.map((one) => keptSpan(one).span),
    );
    expect(trace).toMatchObject({ usage: { input_tokens: 10 }, transcript: { trajectory: { steps: 1 } } });
    expect(trace?.transcript.trajectory?.unread).toBeUndefined();
  });
});

describe("a kept span", () => {
  it("has the content of the whole span, without attributes that no field uses", () => {
    const whole = chat(
      "1",
      "Hello.",
      { events: [{ name: "acme.tick", attributes: {} }] },
      { "acme.flag": "x", "acme.1.y": 1 },
    );
    const { span: kept, known, dropped } = keptSpan(whole);
    expect(contentOf(kept)).toEqual(contentOf(whole));
    expect([known, dropped]).toEqual([true, ["acme.flag", "acme.*.y", "event acme.tick"]]);
    expect(JSON.stringify(kept.attributes)).not.toContain("acme");
  });

  it("keeps only the place in the tree and the user of a span outside the conversation", () => {
    const foreign = span(
      "9",
      { "url.full": "https://x/?mail=a@b.c", "enduser.id": "u" },
      { name: "GET /a@b.c" },
    );
    const { span: kept, known, dropped } = keptSpan(foreign);
    expect([known, dropped]).toEqual([false, []]);
    expect(kept).toMatchObject({ id: "9", name: "", attributes: { "enduser.id": "u" }, start: AT });
    expect(JSON.stringify(kept.attributes)).not.toContain("@");
  });

  it("is unchanged after it was written and read", () => {
    const spans = [chat("1", "Hello.")];
    expect(spansOfText(textOfSpans(spans))).toEqual(spans);
  });
});

describe("two copies of a trace", () => {
  const [early, late] = [chat("1", "", { end: 0n }), chat("1", "Hello.")];
  it("give the same in either order, with the more complete copy of each span", () => {
    const first = [root({}), early];
    const second = [late, chat("2", "Bye.")];
    const joined = textOfSpans(joinedSpans(first, second));
    expect(textOfSpans(joinedSpans(second, first))).toBe(joined);
    expect(textOfSpans(joinedSpans(spansOfText(joined), first))).toBe(joined);
    expect(spansOfText(joined).find(({ id }) => id === "1")).toEqual(late);
  });
});
