import * as z from "zod";
import { ScorerFailure } from "../../domain/scorer.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";

/**
 * The amount for the score's reason, with six significant digits: few enough to hide the rounding errors of doubles, and
 * enough to show that a cost just above `max` is larger.
 */
const exactUsd = (usd: number): number => Number(usd.toPrecision(6));

export const cost = defineScorer({
  type: "cost",
  about: "The answer was cheap enough.",
  options: { max: z.number().min(0).describe("Highest cost allowed, in US dollars, inclusive") },
  reads: "whole",
  operand: "none",
  grades: "binary",
  compile: ({ max }) => ({
    score(_, __, { transcript: { cost_usd } }) {
      if (cost_usd === null) {
        throw new ScorerFailure(
          "tool",
          "the cost of this answer is unknown: neither the reply nor a price of the model told it; a price given later holds for answers asked anew (--no-cache)",
        );
      }
      return cost_usd <= max
        ? hit(`$${exactUsd(cost_usd)}`)
        : miss(`$${exactUsd(cost_usd)}, at most $${max} wanted`);
    },
  }),
  examples: [
    {
      title: "passes a cheap answer",
      settings: { max: 0.01 },
      output: "x",
      transcript: { cost_usd: 0.0021 },
      expected: { pass: true, score: 1, reason: "$0.0021" },
    },
    {
      title: "fails an expensive answer",
      settings: { max: 0.002 },
      output: "x",
      transcript: { cost_usd: 0.0021 },
      expected: { pass: false, score: 0, reason: "$0.0021, at most $0.002 wanted" },
    },
    {
      title: "cannot score an answer whose cost is unknown",
      settings: { max: 0.01 },
      output: "x",
      expected: { failure: "is unknown" },
    },
  ],
});
