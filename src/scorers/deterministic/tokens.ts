import * as z from "zod";
import { ScorerFailure } from "../../domain/scorer.ts";
import type { Usage } from "../../domain/transcript.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { counted } from "../frame/brief.ts";

export const tokens = defineScorer({
  type: "tokens",
  about: "The answer took few enough tokens, as the provider counted them.",
  options: {
    max: z.int().min(0).describe("Largest number of tokens allowed"),
    count: z
      .enum(["total", "input", "output"])
      .default("total")
      .describe("Which tokens; total is input and output"),
  },
  reads: "whole",
  operand: "none",
  grades: "binary",
  compile: ({ max, count }) => ({
    score(_, __, { transcript }) {
      const used = tokensOf(transcript.usage, count);
      if (used === null)
        throw new ScorerFailure("tool", `the provider did not say how many tokens it took (${count})`);
      return used <= max
        ? hit(counted(used, "token"))
        : miss(`${counted(used, "token")}, at most ${max} wanted`);
    },
  }),
  examples: [
    {
      title: "counts input and output",
      settings: { max: 850 },
      output: "x",
      transcript: { usage: { input_tokens: 812, output_tokens: 40 } },
      expected: { pass: false, score: 0, reason: "852 tokens, at most 850 wanted" },
    },
    {
      title: "can count only input tokens or only output tokens",
      settings: { max: 50, count: "output" },
      output: "x",
      transcript: { usage: { input_tokens: null, output_tokens: 40 } },
      expected: { pass: true, score: 1, reason: "40 tokens" },
    },
    {
      title: "cannot score tokens that the provider did not count",
      settings: { max: 850 },
      output: "x",
      transcript: { usage: { input_tokens: null, output_tokens: 40 } },
      expected: { failure: "did not say how many tokens" },
    },
  ],
});

function tokensOf(
  { input_tokens, output_tokens }: Usage,
  count: "total" | "input" | "output",
): number | null {
  if (count === "input") return input_tokens;
  if (count === "output") return output_tokens;
  return input_tokens === null || output_tokens === null ? null : input_tokens + output_tokens;
}
