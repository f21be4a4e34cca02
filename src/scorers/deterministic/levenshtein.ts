import { distance } from "fastest-levenshtein";
import { defineScorer } from "../define-scorer.ts";
import { rounded } from "../frame/brief.ts";
import { OperandMistake, tooLong } from "../frame/scorer-mistakes.ts";
import { asText, textNormalizer, textOptions } from "../frame/text-options.ts";

export const levenshtein = defineScorer({
  type: "levenshtein",
  about:
    "How similar the answer is to the expected text: 1 − (least number of characters to insert, delete or replace) ÷ (length of the longer text).",
  options: textOptions,
  operand: "required",
  grades: "graded",
  readOperand(value): string {
    if (typeof value === "object") throw new OperandMistake("it is not a text", "Give a text.");
    return String(value);
  },
  compile(settings) {
    const normal = textNormalizer(settings);
    return {
      score(actual, expected) {
        const score = similarity(normal(asText(actual)), normal(expected));
        return { score, reason: `similarity ${rounded(score)}` };
      },
    };
  },
  examples: [
    {
      title: "gives 1 to the same text",
      settings: { value: "Paris", threshold: 1 },
      output: "Paris",
      expected: { pass: true, score: 1, reason: "similarity 1" },
    },
    {
      title: "lowers the score for each character that differs",
      settings: { value: "kitten", threshold: 0.5 },
      output: "sitting",
      expected: { pass: true, score: 4 / 7, reason: "similarity 0.571" },
    },
    {
      title: "fails a similarity below the threshold",
      settings: { value: "abcd", threshold: 0.8 },
      output: "abxy",
      expected: { pass: false, score: 0.5, reason: "similarity 0.5, needs 0.8" },
    },
    {
      title: "counts an emoji as one character",
      settings: { value: "😀b", threshold: 0.5 },
      output: "😁b",
      expected: { pass: true, score: 0.5 },
    },
    {
      title: "gives 1 to two empty texts",
      settings: { threshold: 1 },
      output: "",
      case: { expected: "" },
      expected: { pass: true, score: 1 },
    },
  ],
});

function similarity(a: string, b: string): number {
  if (a === b) return 1;
  const [x, y] = singleUnits(a, b);
  if (x.length * y.length > MAX_PAIRS) throw tooLong("characters", x.length, y.length);
  return 1 - distance(x, y) / Math.max(x.length, y.length);
}

/** Maximum number of character pairs to compare. Comparing that many takes a second or two. */
const MAX_PAIRS = 2e10;

const SURROGATE = /[\ud800-\udfff]/;

/**
 * Both texts with each distinct character replaced by one UTF-16 unit of its own. `distance` counts UTF-16 units, so an
 * emoji would otherwise count twice.
 */
function singleUnits(a: string, b: string): readonly [string, string] {
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return [a, b];
  const units = new Map<string, string>();
  const unit = (character: string): string => {
    const known = units.get(character);
    if (known !== undefined) return known;
    const made = String.fromCharCode(units.size);
    units.set(character, made);
    return made;
  };
  return [Array.from(a, unit).join(""), Array.from(b, unit).join("")];
}
