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
  it("is a loop rather than the missing calls that it left no time for", () => {
    const loop = [1, 2, 3].map((step) => call("search", step));
    expect(classOf(loop, { class: "tool-choice", tool: "refund" })).toEqual(["orchestration", "search", 3]);
    expect(classOf(loop.slice(1), { class: "tool-choice", tool: "refund" })).toEqual([
      ...["tool-choice", "refund", null],
    ]);
  });

  it("is a tool's error, unless a later call of the same tool succeeded", () => {
    const missing: Fault = { class: "tool-choice", tool: "notify" };
    expect(classOf([call("pay", 1, "down"), call("pay", 2)], missing)[0]).toBe("tool-choice");
    expect(classOf([call("pay", 1, "down"), call("look", 2)], missing)).toEqual(["tool-failure", "pay", 1]);
    expect(classOf([call("pay", 1, "down")], undefined)[0]).toBe("tool-failure");
  });

  it("is wrong arguments rather than the error that they caused", () => {
    const wrong: Fault = { class: "tool-arguments", tool: "pay", step: 1 };
    expect(classOf([call("pay", 1, "no such order")], wrong)[0]).toBe("tool-arguments");
  });

  it("is what a scorer shows that decides nothing, where those that decide show nothing", () => {
    const miss = (name: string, fault?: Fault) => ({ score: 0, pass: false, reason: name, fault });
    const scorers = [
      { name: "reward", type: "module", required: true },
      { name: "writes", type: "tool-calls", required: false },
      { name: "tone", type: "judge", required: false },
    ];
    const classified = (...scores: unknown[]) =>
      classifyFailure({
        ...{ trial: { pass: false, error: null, message: null, scores } as never, scorers },
        ...{ answer: null, transcript: null },
      })?.class;
    const writes = miss("writes", { class: "knowledge" });
    expect(classified(miss("reward"), writes)).toBe("knowledge");
    expect(classified(miss("reward", { class: "instruction" }), writes)).toBe("instruction");
    expect(classified(miss("reward"), null, miss("tone", { class: "knowledge" }))).toBe("unknown");
  });

  describe("with judges that name a failure class", () => {
    const scorers = [
      { name: "ok", type: "module", required: true },
      { name: "tone", type: "judge", required: false, blames: "instruction" as const },
      { name: "facts", type: "judge", required: false, blames: "knowledge" as const },
      { name: "unnamed", type: "judge", required: false },
    ];
    const passed = (reason: string) => ({ score: 1, pass: true, reason });
    const missed = (reason: string, fault?: Fault) => ({ score: 0, pass: false, reason, fault });
    const judged = (...scores: unknown[]) => {
      const failure = classifyFailure({
        trial: { pass: false, error: null, message: null, scores } as never,
        answer: null,
        transcript: null,
        scorers,
      });
      return [failure?.class, failure?.evidence];
    };

    it("is the class of the first judge that fails the answer", () => {
      const both = judged(missed("not done"), missed("it blames the customer"), missed("it is wrong"));
      expect(both).toEqual(["instruction", "tone: it blames the customer"]);
      const second = judged(missed("not done"), passed("kind"), missed("it is wrong"));
      expect(second).toEqual(["knowledge", "facts: it is wrong"]);
    });

    it("is the class that a rule finds rather than a judge's class", () => {
      const known = judged(missed("not found", { class: "retrieval" }), missed("it blames the customer"));
      expect(known[0]).toBe("retrieval");
    });

    it("is unknown when the judges pass the answer, could not be asked, or name no class", () => {
      expect(judged(missed("not done"), passed("kind"), null, missed("no"))).toEqual([
        ...["unknown", "ok: not done"],
      ]);
    });
  });

  it("is unknown when no rule applies", () => {
    expect(classOf([call("look", 1)], undefined)[0]).toBe("unknown");
  });
});
