import { Duration } from "../../domain/config.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";

export const latency = defineScorer({
  type: "latency",
  about:
    "The answer came in time. Its time is counted from sending the request that was answered to the last byte of the answer.",
  options: { max: Duration.describe("Longest time allowed, inclusive: 500ms, 4s, 1m") },
  reads: "whole",
  operand: "none",
  grades: "binary",
  compile: ({ max }) => ({
    score(_, __, { transcript: { latency_ms } }) {
      if (latency_ms === null) throw new ScorerFailure("tool", "the latency of this answer was not measured");
      const took = `${Math.round(latency_ms)} ms`;
      return latency_ms <= max ? hit(took) : miss(`${took}, at most ${max} ms wanted`);
    },
  }),
  examples: [
    {
      title: "passes an answer in time",
      settings: { max: "4s" },
      output: "x",
      transcript: { latency_ms: 4000 },
      expected: { pass: true, score: 1, reason: "4000 ms" },
    },
    {
      title: "fails a late answer",
      settings: { max: "500ms" },
      output: "x",
      transcript: { latency_ms: 913.4 },
      expected: { pass: false, score: 0, reason: "913 ms, at most 500 ms wanted" },
    },
    {
      title: "cannot score an answer whose latency is unknown",
      settings: { max: "4s" },
      output: "x",
      expected: { failure: "was not measured" },
    },
  ],
});
