import * as z from "zod";
import type { Json } from "../../domain/json.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { counted, show } from "../frame/brief.ts";
import { numbersIn } from "../frame/read-number.ts";
import { numberOf, within } from "../frame/same-value.ts";
import { OperandMistake } from "../frame/scorer-mistakes.ts";

export const number = defineScorer({
  type: "number",
  about:
    "The answer holds one number, and it is near enough to the expected one. Currency signs, units, words around it and thousands separators are left out.",
  options: {
    abs: z.number().min(0).default(0).describe("Largest distance let through"),
    rel: z
      .number()
      .min(0)
      .default(0)
      .describe("Largest distance let through, as a share of the expected number"),
    decimal: z.enum([".", ","]).default(".").describe("What stands before the fraction in the answer"),
  },
  operand: "required",
  grades: "binary",
  readOperand(value): number {
    const number = typeof value === "string" ? numberOf(value) : value;
    if (typeof number !== "number") throw new OperandMistake("it is not a number", "Give a number.");
    return number;
  },
  compile: ({ abs, rel, decimal }) => ({
    score(actual, expected) {
      const found = numbersOf(actual, decimal);
      const [got] = found;
      if (got === undefined) return miss(`no number in ${show(actual)}`);
      if (found.some((one) => one !== got))
        return miss(
          `${counted(found.length, "number")} in the answer (${found.slice(0, 4).join(", ")}): select one`,
        );
      const near = within(got, expected, Math.max(abs, rel * Math.abs(expected)));
      return near ? hit(`${got}`) : miss(`expected ${expected}${allowance(abs, rel)}, got ${got}`);
    },
  }),
  examples: [
    {
      title: "reads past currency, unit and thousands separators",
      settings: { value: 1234.5 },
      output: "The total is $1,234.50 USD.",
      expected: { pass: true, score: 1, reason: "1234.5" },
    },
    {
      title: "wants the exact number unless told otherwise",
      settings: { value: 42 },
      output: "42.1 kg",
      expected: { pass: false, score: 0, reason: "expected 42, got 42.1" },
    },
    {
      title: "lets an absolute distance through",
      settings: { value: 0.3, abs: 0.1 },
      output: "0.4",
      expected: { pass: true },
    },
    {
      title: "lets a relative distance through",
      settings: { against: "expected.price", rel: 0.01 },
      output: "about 198",
      case: { expected: { price: 200 } },
      expected: { pass: true },
    },
    {
      title: "says how far off is too far",
      settings: { value: 200, rel: 0.01 },
      output: "203",
      expected: { pass: false, reason: "expected 200 ± 1%, got 203" },
    },
    {
      title: "misses an answer with several numbers, for it cannot know which is meant",
      settings: { value: 7 },
      output: "3 + 4 = 7",
      expected: { pass: false, reason: "3 numbers in the answer (3, 4, 7): select one" },
    },
    {
      title: "takes the number that a regex selects",
      settings: { value: 7, select: { regex: "= (\\d+)" } },
      output: "3 + 4 = 7",
      expected: { pass: true },
    },
    {
      title: "reads a decimal comma when told to",
      settings: { value: -1234.5, decimal: "," },
      output: "\u22121.234,50 €",
      expected: { pass: true },
    },
    {
      title: "misses an answer without a number",
      settings: { value: 7 },
      output: "seven",
      expected: { pass: false, score: 0, reason: 'no number in "seven"' },
    },
    {
      title: "cannot score against a text that is no number",
      settings: {},
      output: "7",
      case: { expected: "seven" },
      expected: { failure: "it is not a number" },
    },
  ],
});

function numbersOf(actual: Json, decimal: "." | ","): readonly number[] {
  if (typeof actual === "number") return [actual];
  return typeof actual === "string" ? numbersIn(actual, decimal) : [];
}

function allowance(abs: number, rel: number): string {
  const parts = [
    ...(abs > 0 ? [`${abs}`] : []),
    ...(rel > 0 ? [`${Number((rel * 100).toPrecision(6))}%`] : []),
  ];
  return parts.length === 0 ? "" : ` ± ${parts.join(" or ")}`;
}
