import * as z from "zod";
import { defineScorer } from "../define-scorer.ts";
import { rounded } from "../frame/brief.ts";
import { rougeL, rougeN, rougeWords } from "../frame/rouge-score.ts";
import { asText, textOperand } from "../frame/text-options.ts";

export const rouge = defineScorer({
  type: "rouge",
  about:
    "ROUGE F1 of the answer against a reference text: overlap of words (1), of word pairs (2), or longest common subsequence (l). No stemming.",
  options: {
    variant: z
      .union([z.literal(1), z.literal(2), z.enum(["1", "2", "l", "L"])])
      .default("l")
      .describe("1, 2 or l"),
  },
  operand: "required",
  grades: "graded",
  readOperand: (value) => rougeWords(textOperand(value)),
  compile(settings) {
    const variant = String(settings.variant).toUpperCase();
    return {
      score(actual, expected) {
        const words = rougeWords(asText(actual));
        const score = variant === "L" ? rougeL(words, expected) : rougeN(words, expected, Number(variant));
        return { score, reason: `ROUGE-${variant} ${rounded(score)}` };
      },
    };
  },
  examples: [
    {
      title: "counts words in common",
      settings: { variant: 1, value: "the cat was under the bed", threshold: 0.9 },
      output: "The cat was found under the bed.",
      expected: { pass: true, score: 12 / 13, reason: "ROUGE-1 0.923" },
    },
    {
      title: "counts word pairs in common",
      settings: { variant: 2, value: "the cat was under the bed", threshold: 0.8 },
      output: "the cat was found under the bed",
      expected: { pass: false, score: 8 / 11, reason: "ROUGE-2 0.727, needs 0.8" },
    },
    {
      title: "takes the longest common subsequence by default",
      settings: { value: "police killed the gunman", threshold: 0.5 },
      output: "police kill the gunman",
      expected: { pass: true, score: 0.75, reason: "ROUGE-L 0.75" },
    },
    {
      title: "gives nothing in common 0",
      settings: { value: "yes", threshold: 0.5 },
      output: "",
      expected: { pass: false, score: 0 },
    },
  ],
});
