import { describe, expect, it } from "vitest";
import type { StoredAnswer, StoredTrial } from "../../domain/run.ts";
import { UNKNOWN_USAGE } from "../../domain/transcript.ts";
import { transcriptParts } from "./transcript-parts.ts";

const answer: StoredAnswer = {
  ...{ output: "It comes on Monday.", messages: [], tool_calls: [], usage: UNKNOWN_USAGE },
  ...{
    input_tokens: null,
    output_tokens: null,
    latency_ms: 5,
    cost_usd: null,
    model: "m",
    finish_reason: "stop",
  },
  ...{ refusal: null, raw: null, at: "2025-03-01T12:00:00.000Z" },
};

const trial = (changes: Partial<StoredAnswer>, more: Partial<StoredTrial> = {}): StoredTrial => ({
  ...{
    case_id: "c",
    trial: 1,
    kind: "answered",
    error: null,
    message: null,
    cached: false,
    pass: true,
    scores: [],
  },
  answer: { ...answer, ...changes },
  ...more,
});

const shown = (
  one: StoredTrial,
  request: Parameters<typeof transcriptParts>[0]["request"] = null,
): string[] =>
  transcriptParts({ trial: one, request, judged: [], input: { message: "Where is it?" } }).map(
    ({ kind, title, text }) => `${kind} [${title}] ${text}`,
  );

const INPUT = 'request [input] {\n  "message": "Where is it?"\n}';

describe("the parts of a transcript", () => {
  it("begin with the case's input where nothing else says what was asked", () => {
    expect(shown(trial({}))).toEqual([INPUT, "answer [] It comes on Monday."]);
    const told = trial({ messages: [{ role: "user", content: "And my parcel?" }] });
    expect(shown(told)[0]).toBe("message [user] And my parcel?");
  });

  it("are the request's messages and settings, the answer and the raw reply", () => {
    const request = {
      model: "m",
      messages: [
        { role: "system", content: "Be short." },
        { role: "user", content: "Hi" },
      ],
    };
    expect(shown(trial({ raw: '{"id":1}' }), request)).toEqual([
      "request [system] Be short.",
      "request [user] Hi",
      'request [settings] {\n  "model": "m"\n}',
      "answer [] It comes on Monday.",
      'raw reply [] {\n  "id": 1\n}',
    ]);
  });

  it("are a conversation's messages with their calls and results", () => {
    const messages = [
      { role: "user", content: "Where is it?" },
      { role: "assistant", content: null, tool_calls: [{ name: "find_order", arguments: { id: 7 } }] },
      { role: "tool", name: "find_order", content: "Monday" },
      { role: "assistant", content: "It comes on Monday." },
    ];
    expect(shown(trial({ messages }))).toEqual([
      "message [user] Where is it?",
      'tool call [find_order] {\n  "id": 7\n}',
      "tool result [find_order] Monday",
      "message [assistant] It comes on Monday.",
      "answer [] It comes on Monday.",
    ]);
  });

  it("include calls, retrievals and state that are not in messages, and the limit that ended the trial", () => {
    const one = trial({
      tool_calls: [
        { name: "find", arguments: "x", step: 2, result: "found", latency_ms: 12.4 },
        { name: "pay", arguments: {}, error: "no money" },
      ],
      trajectory: {
        retrievals: [
          { step: 1, query: "parcels", documents: [{ id: "d1", text: "All about parcels", score: 0.5 }] },
        ],
        state: { paid: false },
        stopped: "steps",
      },
    });
    expect(shown(one)).toEqual([
      INPUT,
      "tool call [find · step 2 · 12 ms] x",
      "tool result [find] found",
      expect.stringMatching(/^tool call \[pay( · step 1)?\] \{\}$/),
      "tool result [pay: an error] no money",
      "retrieval [parcels · step 1] d1 (0.5)\nAll about parcels",
      'state [afterwards] {\n  "paid": false\n}',
      "error [ended by a limit] steps",
      "answer [] It comes on Monday.",
    ]);
  });

  it("are the failure of a trial without an answer", () => {
    const failed = trial(
      {},
      { kind: "errored", error: "timeout", message: "no reply within 60 s", answer: null },
    );
    expect(shown(failed)).toEqual([INPUT, "error [timeout] no reply within 60 s"]);
  });
});
