import * as z from "zod";
import type { Json } from "../../domain/json.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { firstDifference } from "../frame/json-difference.ts";
import { jsonReader, Unselectable } from "../frame/parse-answer.ts";
import { readCell, readCells } from "../frame/read-cells.ts";

const EQUAL = hit("equal");

export const jsonEquals = defineScorer({
  type: "json-equals",
  about:
    'The answer is JSON and deeply equal to what was expected; types must agree, so `[1]` is not `["1"]`. An expected text, such as a cell of a CSV file, is read as JSON when the answer is not a text. Write an expected number beyond 2^53 as a text.',
  options: {
    partial: z
      .boolean()
      .default(false)
      .describe("Objects of the answer may have members that are not expected"),
    ignore_order: z.boolean().default(false).describe("Lists are equal in any order"),
    ignore_keys: z.array(z.string()).default([]).describe("Names of members to ignore at every depth"),
    tolerance: z.number().min(0).default(0).describe("Largest distance of two numbers that count as equal"),
  },
  operand: "required",
  grades: "binary",
  readOperand: (value): Json => value,
  compile(settings) {
    const differ = firstDifference(settings);
    const read = jsonReader(settings);
    return {
      score(actual, expected) {
        const value = read(actual);
        if (value instanceof Unselectable) return miss(value.reason);
        const difference = differ(readCells(readCell(expected, value), value), value);
        return difference === undefined ? EQUAL : miss(difference);
      },
    };
  },
  examples: [
    {
      title: "passes the same value, however it is written",
      settings: {},
      output: '{ "b": [1, {"c": null}], "a": "x" }',
      case: { expected: { a: "x", b: [1, { c: null }] } },
      expected: { pass: true, score: 1, reason: "equal" },
    },
    {
      title: "names the first place that differs",
      settings: { value: { items: [{ id: 1 }, { id: 2 }] } },
      output: '{"items": [{"id": 1}, {"id": "2"}]}',
      expected: { pass: false, score: 0, reason: '$.items[1].id: expected 2, got "2"' },
    },
    {
      title: "fails an answer without an expected member",
      settings: { value: { a: 1, b: 2 } },
      output: '{"a": 1}',
      expected: { pass: false, reason: "$.b is missing, expected 2" },
    },
    {
      title: "fails an answer with an unexpected member",
      settings: { value: { a: 1 } },
      output: '{"a": 1, "b c": 2}',
      expected: { pass: false, reason: "$['b c'] was not expected" },
    },
    {
      title: "allows more members with `partial`",
      settings: { value: { user: { id: 7 } }, partial: true },
      output: '{"user": {"id": 7, "name": "Dana"}, "at": 1}',
      expected: { pass: true },
    },
    {
      title: "compares the order and length of lists",
      settings: { value: [1, 2] },
      output: "[1, 2, 3]",
      expected: { pass: false, reason: "$: expected 2 items, got 3" },
    },
    {
      title: "can ignore the order of lists",
      settings: { value: [{ a: 1 }, { a: 2 }, { a: 2 }], ignore_order: true },
      output: '[{"a": 2}, {"a": 1}, {"a": 2}]',
      expected: { pass: true },
    },
    {
      title: "finds a pairing of unordered items even when one expected item fits several",
      settings: { value: [{ a: 1 }, { a: 1, b: 2 }], ignore_order: true, partial: true },
      output: '[{"a": 1, "b": 2}, {"a": 1}]',
      expected: { pass: true },
    },
    {
      title: "names an item that the answer's list does not have",
      settings: { value: { tags: ["x", "y"] }, ignore_order: true },
      output: '{"tags": ["y", "z"]}',
      expected: { pass: false, reason: '$.tags has no item "x"' },
    },
    {
      title: "can ignore members by name",
      settings: { value: { id: 1, at: "monday" }, ignore_keys: ["at"] },
      output: '{"id": 1, "at": "tuesday"}',
      expected: { pass: true },
    },
    {
      title: "reads an expected text as JSON, for instance from a CSV file",
      settings: {},
      output: '{"queue": "tech"}',
      case: { expected: '{"queue": "billing"}' },
      expected: { pass: false, reason: '$.queue: expected "billing", got "tech"' },
    },
    {
      title: "compares whole numbers to the last digit",
      settings: { value: { order: "12345678901234567890" } },
      output: '{"order": 12345678901234567891}',
      expected: { pass: false, reason: '$.order: expected "12345678901234567890", got 12345678901234567891' },
    },
    {
      title: "fails an answer that is not JSON",
      settings: { value: {} },
      output: "none",
      expected: { pass: false, reason: 'not valid JSON: it starts with "none"' },
    },
  ],
});
