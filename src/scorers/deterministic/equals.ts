import * as z from "zod";
import type { Json } from "../../domain/json.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { difference } from "../frame/brief.ts";
import { sameValue } from "../frame/same-value.ts";
import { textOptions } from "../frame/text-options.ts";

const EQUAL = hit("equal");

export const equals = defineScorer({
  type: "equals",
  about:
    "The answer is exactly what was expected: a text, a number, a boolean, or a whole JSON value. A text is parsed to compare it with a value that is not a text, so the answer `42` equals the number 42.",
  options: {
    ...textOptions,
    tolerance: z.number().min(0).default(0).describe("Largest distance of two numbers that count as equal"),
  },
  operand: "required",
  grades: "binary",
  readOperand: (value): Json => value,
  compile(settings) {
    const same = sameValue(settings);
    return {
      score: (actual, expected) => (same(actual, expected) ? EQUAL : miss(difference(expected, actual))),
    };
  },
  examples: [
    {
      title: "passes the same text",
      settings: {},
      output: "billing",
      case: { expected: "billing" },
      expected: { pass: true, score: 1, reason: "equal" },
    },
    {
      title: "fails a text that differs only in letter case and blanks",
      settings: { value: "billing" },
      output: "Billing ",
      expected: { pass: false, score: 0, reason: 'expected "billing", got "Billing "' },
    },
    {
      title: "can ignore letter case and blanks",
      settings: { value: "billing", ignore_case: true, trim: true },
      output: "Billing\n",
      expected: { pass: true },
    },
    {
      title: "ignores letter case in every script",
      settings: { value: "STRASSE ΣΟΦΟΣ", ignore_case: true },
      output: "straße σοφος",
      expected: { pass: true },
    },
    {
      title: "distinguishes composed from decomposed letters without `normalize`",
      settings: { value: "caf\u00e9" },
      output: "cafe\u0301",
      expected: { pass: false },
    },
    {
      title: "normalizes Unicode",
      settings: { value: "caf\u00e9", normalize: "NFC" },
      output: "cafe\u0301",
      expected: { pass: true },
    },
    {
      title: "collapses runs of blanks",
      settings: { value: "one two", whitespace: "collapse" },
      output: "one \n\t two",
      expected: { pass: true },
    },
    {
      title: "compares a selected field with a place in the case",
      settings: { select: { json: "$.queue" }, against: "expected.queue" },
      output: '{"queue": "payments"}',
      case: { expected: { queue: "billing" } },
      expected: { pass: false, reason: 'expected "billing", got "payments"' },
    },
    {
      title: "fails an answer that is not JSON",
      settings: { select: { json: "$.queue" }, value: "billing" },
      output: "Billing.",
      expected: { pass: false, score: 0, reason: 'not valid JSON: it starts with "Billing."' },
    },
    {
      title: "fails an answer without the field",
      settings: { select: { json: "$.queue" }, value: "billing" },
      output: "{}",
      expected: { pass: false, score: 0, reason: "$.queue is not in the answer" },
    },
    {
      title: "reads a text as a number when a number is expected",
      settings: { value: 42 },
      output: " 42.0\n",
      expected: { pass: true },
    },
    {
      title: "fails a text that contains more than the expected number",
      settings: { value: 42 },
      output: "42 euros",
      expected: { pass: false, reason: 'expected 42, got "42 euros"' },
    },
    {
      title: "compares a selected number with a text from a CSV column",
      settings: { select: { json: "$.n" } },
      output: '{"n": 1}',
      case: { expected: "1" },
      expected: { pass: true },
    },
    {
      title: "lets numbers differ by the tolerance",
      settings: { value: 1.1, tolerance: 0.1 },
      output: "1.2",
      expected: { pass: true },
    },
    {
      title: "fails a number beyond the tolerance",
      settings: { value: 1.1, tolerance: 0.1 },
      output: "1.21",
      expected: { pass: false },
    },
    {
      title: "reads a text as a boolean when a boolean is expected",
      settings: { value: true },
      output: "true",
      expected: { pass: true },
    },
    {
      title: "compares JSON values, whatever their formatting",
      settings: {},
      output: '{ "b": [1, 2],  "a": null }',
      case: { expected: { a: null, b: [1, 2] } },
      expected: { pass: true },
    },
    {
      title: "does not read the text `0` as an empty list",
      settings: { value: [] },
      output: "0",
      expected: { pass: false },
    },
    {
      title: "shows where two long texts begin to differ",
      settings: { value: `${"a".repeat(100)} tail` },
      output: `${"a".repeat(100)} tale`,
      expected: {
        pass: false,
        reason: 'differs at character 104: expected …"aaaaaaaaaaaa tail", got …"aaaaaaaaaaaa tale"',
      },
    },
  ],
});
