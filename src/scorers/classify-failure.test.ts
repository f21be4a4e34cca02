import { describe, expect, it } from "vitest";
import type { ToolUse, TranscriptDocument } from "../domain/describe-transcript.ts";
import type { Fault } from "../domain/failure.ts";
import { classifyFailure } from "./classify-failure.ts";

const call = (name: string, step: number, error: string | null = null): ToolUse => ({
  ...{ name, step, arguments: { id: 1 }, error },
  ...{ result: error === null ? "ok" : null, latency_ms: null },
});

function classOf(tool_calls: readonly ToolUse[], fault: Fault | undefined) {
  const transcript = { messages: [], tool_calls, stopped: null, steps: tool_calls.length } as unknown;
  const score = { score: 0, pass: false, reason: "missed", ...(fault === undefined ? {} : { fault }) };
  const failure = classifyFailure({
    trial: { pass: false, error: null, message: null, scores: [score] } as never,
    answer: null,
    transcript: transcript as TranscriptDocument,
    scorers: [{ name: "scored", type: "tool-calls", required: true }],
  });
  return [failure?.class, failure?.tool, failure?.step];
}

describe("why a trial failed", () => {
  it("is the loop before the calls that it left no time for", () => {
    const loop = [1, 2, 3].map((step) => call("search", step));
    expect(classOf(loop, { class: "tool-choice", tool: "refund" })).toEqual(["orchestration", "search", 3]);
    expect(classOf(loop.slice(1), { class: "tool-choice", tool: "refund" })).toEqual([
      ...["tool-choice", "refund", null],
    ]);
  });

  it("is an error that nothing made good, and not one that the same tool made good later", () => {
    const missing: Fault = { class: "tool-choice", tool: "notify" };
    expect(classOf([call("pay", 1, "down"), call("pay", 2)], missing)[0]).toBe("tool-choice");
    expect(classOf([call("pay", 1, "down"), call("look", 2)], missing)).toEqual(["tool-failure", "pay", 1]);
    expect(classOf([call("pay", 1, "down")], undefined)[0]).toBe("tool-failure");
  });

  it("is the wrong arguments before the error that they brought about", () => {
    const wrong: Fault = { class: "tool-arguments", tool: "pay", step: 1 };
    expect(classOf([call("pay", 1, "no such order")], wrong)[0]).toBe("tool-arguments");
  });

  it("is unknown where no rule knows", () => {
    expect(classOf([call("look", 1)], undefined)[0]).toBe("unknown");
  });
});
