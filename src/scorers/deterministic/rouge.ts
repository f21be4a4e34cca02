import * as z from "zod";
import { defineScorer } from "../define-scorer.ts";
import { rounded } from "../frame/brief.ts";
import { comparedWords, rougeL, rougeN, rougeText } from "../frame/rouge-score.ts";
import { OperandMistake } from "../frame/scorer-mistakes.ts";
import { asText, textOperand } from "../frame/text-options.ts";

export const rouge = defineScorer({
  type: "rouge",
  about:
    "ROUGE F1 of the answer against a reference text: overlap of words (1), of word pairs (2), or longest common subsequence (l). No stemming. Texts in scripts without spaces (Chinese, Japanese, Thai) are split into words by a dictionary. Symbols (👍, €) count only when one of the texts has no words, or both have the same words.",
  options: {
    variant: z
      .union([z.literal(1), z.literal(2), z.enum(["1", "2", "l", "L"])])
      .default("l")
      .describe("1, 2 or l"),
  },
  operand: "required",
  grades: "graded",
  readOperand(value) {
    const expected = rougeText(textOperand(value));
    if (expected.signed.length === 0) throw new OperandMistake("it is blank", "Give a text with words.");
    return expected;
  },
  compile(settings) {
    const variant = String(settings.variant).toUpperCase();
    return {
      score(actual, expected) {
        const [got, wanted] = comparedWords(rougeText(asText(actual)), expected);
        const score = variant === "L" ? rougeL(got, wanted) : rougeN(got, wanted, Number(variant));
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
      title: "uses the longest common subsequence by default",
      settings: { value: "police killed the gunman", threshold: 0.5 },
      output: "police kill the gunman",
      expected: { pass: true, score: 0.75, reason: "ROUGE-L 0.75" },
    },
    {
      title: "compares signs when there are no words",
      settings: { value: "👍", threshold: 0.5 },
      output: "👎",
      expected: { pass: false, score: 0 },
    },
    {
      title: "cannot score against a blank text",
      settings: { threshold: 0.5 },
      output: "yes",
      case: { expected: " " },
      expected: { failure: "it is blank" },
    },
    {
      title: "gives 0 to a text with nothing in common",
      settings: { value: "yes", threshold: 0.5 },
      output: "",
      expected: { pass: false, score: 0 },
    },
  ],
});
