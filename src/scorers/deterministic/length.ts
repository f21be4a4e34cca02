import * as z from "zod";
import { type ScoreInput, ScorerFailure } from "../../domain/scorer.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { counted } from "../frame/brief.ts";
import { countCharacters, countSentences, countWords } from "../frame/count-text.ts";
import { crossedLimits, noLimit, nothingToSelect } from "../frame/scorer-mistakes.ts";
import { asText } from "../frame/text-options.ts";

type Unit = "characters" | "words" | "sentences" | "tokens";

const COUNTERS: Record<Unit, (text: string, input: ScoreInput) => number> = {
  characters: countCharacters,
  words: countWords,
  sentences: countSentences,
  tokens(_, { transcript }) {
    const { output_tokens } = transcript.usage;
    if (output_tokens === null)
      throw new ScorerFailure("tool", "the provider did not say how many tokens the answer has");
    return output_tokens;
  },
};

export const length = defineScorer({
  type: "length",
  about: "The answer is neither too short nor too long. Tokens are those that the provider counted.",
  options: {
    unit: z.enum(["characters", "words", "sentences", "tokens"]).default("characters"),
    min: z.int().min(0).optional().describe("Least number of units, inclusive"),
    max: z.int().min(0).optional().describe("Largest number of units, inclusive"),
  },
  operand: "none",
  grades: "binary",
  compile(settings) {
    const { unit, min = 0, max = Number.POSITIVE_INFINITY } = settings;
    if (settings.min === undefined && settings.max === undefined) throw noLimit("length");
    if (min > max) throw crossedLimits(min, max);
    if (unit === "tokens" && (settings as { select?: unknown }).select !== undefined)
      throw nothingToSelect("`unit: tokens`");
    const count = COUNTERS[unit];
    const singular = unit.slice(0, -1);
    return {
      score(actual, _, input) {
        const length = count(asText(actual), input);
        if (length < min) return miss(`${counted(length, singular)}, at least ${min} wanted`);
        return length > max
          ? miss(`${counted(length, singular)}, at most ${max} wanted`)
          : hit(counted(length, singular));
      },
    };
  },
  examples: [
    {
      title: "passes an answer within its limits, which are inclusive",
      settings: { max: 5 },
      output: "hello",
      expected: { pass: true, score: 1, reason: "5 characters" },
    },
    {
      title: "fails an answer that is too long",
      settings: { unit: "words", max: 3 },
      output: "We don't - ever - do that.",
      expected: { pass: false, score: 0, reason: "5 words, at most 3 wanted" },
    },
    {
      title: "fails an answer that is too short",
      settings: { unit: "sentences", min: 2 },
      output: "Only one.",
      expected: { pass: false, reason: "1 sentence, at least 2 wanted" },
    },
    {
      title: "counts characters as a reader does",
      settings: { max: 2 },
      output: "👩‍👩‍👧é",
      expected: { pass: true, reason: "2 characters" },
    },
    {
      title: "counts words in scripts without spaces",
      settings: { unit: "words", min: 2, max: 4 },
      output: "退款已经处理。",
      expected: { pass: true },
    },
    {
      title: "takes the provider's count of tokens",
      settings: { unit: "tokens", max: 50 },
      output: "hello",
      transcript: { usage: { input_tokens: 10, output_tokens: 51 } },
      expected: { pass: false, reason: "51 tokens, at most 50 wanted" },
    },
    {
      title: "cannot score tokens that the provider did not count",
      settings: { unit: "tokens", max: 50 },
      output: "hello",
      expected: { failure: "did not say how many tokens" },
    },
  ],
});
