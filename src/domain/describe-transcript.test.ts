import { describe, expect, it } from "vitest";
import { describeTranscript } from "./describe-transcript.ts";
import { type Transcript, UNKNOWN_USAGE } from "./transcript.ts";

const answer = (changes: Partial<Transcript> = {}): Transcript => ({
  ...{ output: "hi", messages: [], tool_calls: [], usage: UNKNOWN_USAGE, latency_ms: 5, cost_usd: null },
  ...{ model: "m", finish_reason: "stop", refusal: null },
  ...changes,
});
const asked = [{ role: "user", content: "hello" }] as const;

describe("describeTranscript", () => {
  it("of a model that was asked once has one step, one turn, and the messages that were sent", () => {
    expect(describeTranscript(answer(), asked)).toEqual({
      ...{ output: "hi", tool_calls: [], retrievals: [], state: null, turns: 1, steps: 1, stopped: null },
      ...{ usage: UNKNOWN_USAGE, latency_ms: 5, cost_usd: null },
      messages: [...asked, { role: "assistant", content: "hi" }],
    });
  });

  it("gives all calls of a single reply step 1", () => {
    const tool_calls = [{ id: "t", name: "find", arguments: {} }];
    const whole = describeTranscript(answer({ output: "", tool_calls }), asked);
    expect(whole.messages.at(-1)).toEqual({ role: "assistant", content: null, tool_calls });
    expect(whole.tool_calls).toEqual([
      { ...tool_calls[0], step: 1, result: null, error: null, latency_ms: null },
    ]);
  });

  it("of an application that returned only a text has unknown calls, steps and turns", () => {
    const whole = describeTranscript(answer({ finish_reason: null, untold: ["tool_calls", "refusal"] }));
    expect(whole).toMatchObject({ messages: [], tool_calls: null, steps: null, turns: null, state: null });
  });

  it("prefers given values to those that are read from the conversation", () => {
    const messages = [
      { role: "user", content: "hello" },
      { role: "assistant", content: null, tool_calls: [{ name: "find", arguments: {} }] },
      { role: "tool", content: '{"documents":[{"id":"a"}]}' },
      { role: "assistant", content: "hi" },
    ] as const;
    const tool_calls = [{ name: "find", arguments: { q: 1 }, result: "kept", latency_ms: 3 }];
    const retrievals = [{ step: 9, query: "q", documents: [] }];
    const described = describeTranscript(
      answer({ messages, tool_calls, trajectory: { retrievals, turns: 4, steps: 7, state: [] } }),
    );
    expect(described).toMatchObject({ turns: 4, steps: 7, state: [], retrievals });
    expect(described.tool_calls).toEqual([
      { ...{ step: 1, name: "find", arguments: { q: 1 } }, result: "kept", error: null, latency_ms: 3 },
    ]);
    const read = describeTranscript(answer({ messages, tool_calls: [{ name: "find", arguments: {} }] }));
    expect(read).toMatchObject({
      turns: 1,
      steps: 2,
      tool_calls: [{ step: 1, result: { documents: [{ id: "a" }] } }],
    });
    expect(read.retrievals).toMatchObject([{ step: 1, documents: [{ id: "a" }] }]);
  });

  it("keeps a list of calls as given if the conversation has other calls", () => {
    const messages = [
      { role: "assistant", content: null, tool_calls: [{ name: "find", arguments: {} }] },
    ] as const;
    const described = describeTranscript(
      answer({ messages, tool_calls: [{ name: "other", arguments: {} }] }),
    );
    expect(described.tool_calls).toMatchObject([{ name: "other", step: null, result: null }]);
  });
});
