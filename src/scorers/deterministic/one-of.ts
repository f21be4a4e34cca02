import * as z from "zod";
import type { Json } from "../../domain/json.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { show, unseenBetween } from "../frame/brief.ts";
import { sameValue } from "../frame/same-value.ts";
import { OperandMistake } from "../frame/scorer-mistakes.ts";
import { listInText, textOptions } from "../frame/text-options.ts";

export const oneOf = defineScorer({
  type: "one-of",
  about: "The answer equals one of the accepted answers; each is compared as by `equals`.",
  options: {
    ...textOptions,
    tolerance: z.number().min(0).default(0).describe("Largest distance of two numbers that count as equal"),
  },
  operand: "required",
  grades: "binary",
  readOperand(given): readonly Json[] {
    const value = listInText(given);
    if (!Array.isArray(value))
      throw new OperandMistake("it is not a list", "Give a list of accepted answers.");
    if (value.length === 0)
      throw new OperandMistake("the list is empty", "Give at least one accepted answer.");
    return value as readonly Json[];
  },
  compile(settings) {
    const same = sameValue(settings);
    return {
      score(actual, accepted) {
        const which = accepted.findIndex((one) => same(actual, one));
        if (which >= 0) return hit(`equals ${show(accepted[which] as Json)}`);
        return miss(
          `expected one of ${accepted.map(show).join(", ")}, got ${show(actual)}${accepted.map((one) => unseenBetween(one, actual)).find((words) => words !== "") ?? ""}`,
        );
      },
    };
  },
  examples: [
    {
      title: "passes each of the accepted answers",
      settings: { value: ["yes", "y"], ignore_case: true },
      output: "Y",
      expected: { pass: true, reason: 'equals "y"' },
    },
    {
      title: "fails any other answer",
      settings: { against: "expected.queues" },
      output: "sales",
      case: { expected: { queues: ["billing", "tech"] } },
      expected: { pass: false, score: 0, reason: 'expected one of "billing", "tech", got "sales"' },
    },
    {
      title: "compares numbers as numbers",
      settings: { value: [7, 8] },
      output: "8.0",
      expected: { pass: true },
    },
    {
      title: "cannot score against a value that is not a list",
      settings: {},
      output: "a",
      case: { expected: "a" },
      expected: { failure: "it is not a list" },
    },
  ],
});
