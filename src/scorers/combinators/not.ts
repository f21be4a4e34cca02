import { defineCombinator } from "./define-combinator.ts";

export const not = defineCombinator({
  type: "not",
  about: "None of the scorers passes.",
  options: {},
  rule: () => (passed, missed, total) => (passed > 0 ? false : missed === total ? true : undefined),
  examples: [
    {
      title: "passes when the scorer does not pass",
      settings: { of: [{ type: "equals", value: "spam" }] },
      output: "ham",
      expected: { pass: true, score: 1, reason: 'equals: expected "spam", got "ham"' },
    },
    {
      title: "does not pass when the scorer passes",
      settings: { of: { type: "contains", value: "spam" } },
      output: "spam!",
      expected: { pass: false, score: 0, reason: 'contains: contains "spam"' },
    },
    {
      title: "cannot turn a failure to score into a pass",
      settings: { of: [{ type: "latency", max: "1s" }] },
      output: "a",
      expected: { failure: "was not measured" },
    },
  ],
});
