import * as z from "zod";
import type { Json } from "../../domain/json.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { show, unseenBetween } from "../frame/brief.ts";
import { jsonReader, Unselectable } from "../frame/parse-answer.ts";
import { sameValue } from "../frame/same-value.ts";
import { compileJsonPath } from "../frame/select-part.ts";
import { textOptions } from "../frame/text-options.ts";

export const jsonpath = defineScorer({
  type: "jsonpath",
  about:
    "A JSONPath (RFC 9535) finds something in the answer. With `value` or `against`, at least one of the values that it finds must equal the given one; they are compared as by `equals`.",
  options: {
    path: z.string().min(1).describe("RFC 9535 JSONPath, applied to the answer parsed as JSON"),
    ...textOptions,
    tolerance: z.number().min(0).default(0).describe("Largest distance of two numbers that count as equal"),
  },
  operand: "optional",
  grades: "binary",
  readOperand: (value): Json | undefined => value,
  async compile(settings) {
    const { path } = settings;
    const { find, singular } = await compileJsonPath(path, ["path"]);
    const same = sameValue(settings);
    const nowhere = miss(`${path} is not in the answer`);
    const read = jsonReader(settings);
    return {
      score(actual, expected) {
        const value = read(actual);
        if (value instanceof Unselectable) return miss(value.reason);
        const found = find(value);
        if (found instanceof Unselectable) return nowhere;
        const values = singular ? [found] : (found as readonly Json[]);
        if (values.length === 0) return nowhere;
        if (expected === undefined) return hit(`${path} is ${show(found)}`);
        if (values.some((one) => same(one, expected))) return hit(`${path} is ${show(expected)}`);
        const unseen = values.map((one) => unseenBetween(expected, one)).find((words) => words !== "") ?? "";
        return miss(`${path}: expected ${show(expected)}, got ${show(found)}${unseen}`);
      },
    };
  },
  examples: [
    {
      title: "passes when the path finds something",
      settings: { path: "$.queue" },
      output: '{"queue": "billing"}',
      expected: { pass: true, score: 1, reason: '$.queue is "billing"' },
    },
    {
      title: "fails an answer in which the path finds nothing",
      settings: { path: "$.items[?@.price > 10]" },
      output: '{"items": [{"price": 3}]}',
      expected: { pass: false, score: 0, reason: "$.items[?@.price > 10] is not in the answer" },
    },
    {
      title: "counts a null as something",
      settings: { path: "$.queue" },
      output: '{"queue": null}',
      expected: { pass: true },
    },
    {
      title: "compares what the path finds with a value",
      settings: { path: "$.total", value: 12.5 },
      output: '{"total": 12}',
      expected: { pass: false, reason: "$.total: expected 12.5, got 12" },
    },
    {
      title: "passes when one of several things found equals the value",
      settings: { path: "$..id", against: "expected.id" },
      output: '{"items": [{"id": 1}, {"id": 2}]}',
      case: { expected: { id: 2 } },
      expected: { pass: true, reason: "$..id is 2" },
    },
    {
      title: "fails an answer that is not JSON",
      settings: { path: "$.a" },
      output: "a",
      expected: { pass: false, reason: 'not valid JSON: it starts with "a"' },
    },
  ],
});
