import * as z from "zod";
import {
  atMost,
  type Decimal,
  decimalOf,
  product,
  readDecimal,
  sameDecimal,
  toNumber,
} from "../../domain/decimal.ts";
import type { ExactJson } from "../../domain/exact-json.ts";
import { ExactNumber } from "../../domain/exact-number.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { counted, show } from "../frame/brief.ts";
import { decimalIn, numberText, within } from "../frame/near-number.ts";
import { type FoundNumber, numbersIn } from "../frame/read-number.ts";
import { OperandMistake } from "../frame/scorer-mistakes.ts";

/** The expected number, and its text. */
interface Expected {
  readonly text: string;
  readonly value: Decimal;
}

export const number = defineScorer({
  type: "number",
  about:
    "The answer contains one number, which is near enough to the expected one. Currency signs, units, words around it and thousands separators are ignored. A number beside something that changes its value (2½, 3/4, √5, 5 million, 2 and a half) is a miss; “minus 5” is -5. Numbers are compared as decimals, whole ones to the last digit.",
  options: {
    abs: z.number().min(0).default(0).describe("Largest difference allowed"),
    rel: z
      .number()
      .min(0)
      .default(0)
      .describe("Largest difference allowed, as a share of the expected number"),
    decimal: z.enum([".", ","]).default(".").describe("Decimal separator in the answer"),
  },
  operand: "required",
  grades: "binary",
  readOperand(value): Expected {
    const text =
      typeof value === "string" ? numberText(value) : typeof value === "number" ? `${value}` : undefined;
    const number = text === undefined ? undefined : readDecimal(text);
    if (text === undefined || number === undefined)
      throw new OperandMistake("it is not a number", "Give a number.");
    return { text, value: number };
  },
  compile: ({ abs, rel, decimal }) => ({
    score(actual, expected) {
      const found = numbersOf(actual, decimal);
      const [got] = found;
      if (got === undefined) return miss(`no number in ${show(actual)}`);
      if (new Set(found.map(written)).size > 1)
        return miss(
          `${counted(found.length, "number")} in the answer (${found.slice(0, 4).map(written).join(", ")}): select one`,
        );
      const unread = found.find(({ value }) => value === undefined);
      if (unread !== undefined)
        return miss(`${show(unread.text + unread.rest)} is not a number that can be read in full`);
      const value = got.value as Decimal;
      const near = within(value, expected.value, largest(abs, rel, expected.value));
      return near
        ? hit(written(got))
        : miss(`expected ${expected.text}${allowance(abs, rel)}, got ${written(got)}`);
    },
  }),
  examples: [
    {
      title: "ignores currency, unit and thousands separators",
      settings: { value: 1234.5 },
      output: "The total is $1,234.50 USD.",
      expected: { pass: true, score: 1, reason: "1234.5" },
    },
    {
      title: "expects the exact number by default",
      settings: { value: 42 },
      output: "42.1 kg",
      expected: { pass: false, score: 0, reason: "expected 42, got 42.1" },
    },
    {
      title: "allows an absolute difference",
      settings: { value: 0.3, abs: 0.1 },
      output: "0.4",
      expected: { pass: true },
    },
    {
      title: "allows a relative difference",
      settings: { against: "expected.price", rel: 0.01 },
      output: "about 198",
      case: { expected: { price: 200 } },
      expected: { pass: true },
    },
    {
      title: "names the allowed difference in the reason",
      settings: { value: 200, rel: 0.01 },
      output: "203",
      expected: { pass: false, reason: "expected 200 ± 1%, got 203" },
    },
    {
      title: "fails an answer with several numbers, because it cannot know which is meant",
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
      title: "reads a decimal comma when the setting says so",
      settings: { value: -1234.5, decimal: "," },
      output: "\u22121.234,50 €",
      expected: { pass: true },
    },
    {
      title: "fails an answer without a number",
      settings: { value: 7 },
      output: "seven",
      expected: { pass: false, score: 0, reason: 'no number in "seven"' },
    },
    {
      title: "fails a number that a fraction follows",
      settings: { value: 2 },
      output: "2½ hours",
      expected: { pass: false, reason: '"2½" is not a number that can be read in full' },
    },
    {
      title: "compares ids of any length to the last digit",
      settings: { value: "12345678901234567890" },
      output: "order 12345678901234567891",
      expected: { pass: false, reason: "expected 12345678901234567890, got 12345678901234567891" },
    },
    {
      title: "cannot score against a text that is not a number",
      settings: {},
      output: "7",
      case: { expected: "seven" },
      expected: { failure: "it is not a number" },
    },
  ],
});

function numbersOf(actual: ExactJson, decimal: "." | ","): readonly FoundNumber[] {
  if (typeof actual === "number" || actual instanceof ExactNumber) {
    const text = actual instanceof ExactNumber ? actual.text : `${actual}`;
    return [{ text, rest: "", value: decimalIn(actual) }];
  }
  return typeof actual === "string" ? numbersIn(actual, decimal) : [];
}

/** The number as text: in JavaScript's own form if a double has exactly its value, else as in the answer. */
function written({ text, value }: FoundNumber): string {
  const plain = value === undefined ? Number.NaN : toNumber(value);
  return value !== undefined && sameDecimal(decimalOf(plain), value) ? `${plain}` : text;
}

/** The largest allowed difference: `abs`, or `rel` times the expected number if that is larger. */
function largest(abs: number, rel: number, expected: Decimal): Decimal {
  const { digits, exponent } = expected;
  const size = { digits: digits < 0n ? -digits : digits, exponent };
  const share = product(decimalOf(rel), size);
  const distance = decimalOf(abs);
  return atMost(share, distance) ? distance : share;
}

function allowance(abs: number, rel: number): string {
  const parts = [
    ...(abs > 0 ? [`${abs}`] : []),
    ...(rel > 0 ? [`${Number((rel * 100).toPrecision(6))}%`] : []),
  ];
  return parts.length === 0 ? "" : ` ± ${parts.join(" or ")}`;
}
