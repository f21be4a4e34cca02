import { defineScorer } from "../define-scorer.ts";
import { rounded } from "../frame/brief.ts";
import { chrf as chrfScore } from "../frame/chrf-score.ts";
import { OperandMistake } from "../frame/scorer-mistakes.ts";
import { asText, textNormalizer, textOperand, textOptions } from "../frame/text-options.ts";

export const chrf = defineScorer({
  type: "chrf",
  about:
    "chrF2 of the answer against a reference text: F-score of its character n-grams (1 to 6). For translations; it needs no words, so it is fair to every language.",
  options: textOptions,
  operand: "required",
  grades: "graded",
  readOperand(value) {
    const expected = textOperand(value);
    if (expected.trim() === "") throw new OperandMistake("it is blank", "Give a text.");
    return expected;
  },
  compile(settings) {
    const normal = textNormalizer(settings);
    return {
      score(actual, expected) {
        const score = chrfScore(normal(asText(actual)), normal(expected));
        return { score, reason: `chrF ${rounded(score)}` };
      },
    };
  },
  examples: [
    {
      title: "gives 1 to the same text",
      settings: { value: "Das Haus ist klein.", threshold: 0.9 },
      output: "Das Haus ist klein.",
      expected: { pass: true, score: 1, reason: "chrF 1" },
    },
    {
      title: "gives 0 to a text with nothing in common",
      settings: { value: "abc", threshold: 0.1 },
      output: "xyz",
      expected: { pass: false, score: 0, reason: "chrF 0, needs 0.1" },
    },
    {
      title: "averages over the n-gram lengths that both texts have",
      settings: { value: "ab", threshold: 0.3 },
      output: "ac",
      expected: { pass: false, score: 0.25 },
    },
  ],
});
