import { atLeastOf, defineCombinator } from "./define-combinator.ts";

export const anyOf = defineCombinator({
  type: "any-of",
  about: "At least one of the scorers passes. They are asked in order, up to the first pass.",
  options: {},
  rule: () => atLeastOf(1),
  examples: [
    {
      title: "passes when one of the scorers passes",
      settings: { of: [{ type: "equals" }, { type: "contains", value: "refund" }] },
      output: "a refund",
      case: { expected: "refund" },
      expected: { pass: true, score: 1, reason: 'contains: contains "refund"' },
    },
    {
      title: "does not pass when none of them passes",
      settings: {
        of: [
          { type: "equals", value: "a" },
          { type: "equals", value: "b" },
        ],
      },
      output: "c",
      expected: {
        pass: false,
        score: 0,
        reason: 'equals: expected "a", got "c"; equals: expected "b", got "c"',
      },
    },
  ],
});
