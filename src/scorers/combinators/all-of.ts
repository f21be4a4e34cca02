import { atLeastOf, defineCombinator } from "./define-combinator.ts";

export const allOf = defineCombinator({
  type: "all-of",
  about: "All of the scorers pass. They are asked in order, up to the first miss.",
  options: {},
  rule: (_, total) => atLeastOf(total),
  examples: [
    {
      title: "passes when all scorers pass",
      settings: {
        of: [
          { type: "contains", value: "a" },
          { type: "length", max: 3 },
        ],
      },
      output: "a b",
      expected: { pass: true, score: 1, reason: 'contains: contains "a"; length: 3 characters' },
    },
    {
      title: "gives the reason of the scorer that does not pass",
      settings: {
        of: [
          { type: "contains", value: "a" },
          { type: "equals", name: "queue", value: "b" },
        ],
      },
      output: "a",
      expected: { pass: false, score: 0, reason: 'queue: expected "b", got "a"' },
    },
    {
      title: "does not pass when one scorer fails, even if another could not score",
      settings: {
        of: [
          { type: "cost", max: 1 },
          { type: "equals", value: "b" },
        ],
      },
      output: "a",
      expected: { pass: false },
    },
    {
      title: "cannot score when one scorer could not score and all others pass",
      settings: {
        of: [
          { type: "cost", max: 1 },
          { type: "equals", value: "a" },
        ],
      },
      output: "a",
      expected: { failure: "is unknown" },
    },
  ],
});
