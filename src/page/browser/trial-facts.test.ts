import { describe, expect, it } from "vitest";
import type { TrialFacts } from "../../domain/viewed-run.ts";
import { factsInWords } from "./trial-facts.tsx";

const facts: TrialFacts = {
  ...{ model: "m", fallback: null, finish_reason: "tool_calls", stopped: null },
  usage: {
    ...{ input_tokens: 1, output_tokens: 2 },
    ...{ cached_input_tokens: null, cache_write_tokens: null, reasoning_tokens: null },
  },
  ...{ latency_ms: 5, cost_usd: null, cached: false, at: "" },
};

describe("the facts of a trial", () => {
  it("say how its last reply ended", () => {
    expect(factsInWords(facts)).toContain("ended: tool_calls");
  });

  it("say which limit stopped it instead of how its last reply ended", () => {
    const words = factsInWords({ ...facts, stopped: "time" });
    expect(words).toContain("stopped by its limit on time");
    expect(words.join()).not.toContain("tool_calls");
  });
});
