import * as z from "zod";
import { unreachableCount } from "../frame/scorer-mistakes.ts";
import { atLeastOf, defineCombinator } from "./define-combinator.ts";

export const atLeast = defineCombinator({
  type: "at-least",
  about: "At least `n` of the scorers pass. They are asked in order until it is certain whether `n` pass.",
  options: { n: z.int().min(1).describe("How many of the scorers must pass, at least") },
  rule({ n }, total) {
    if (n > total) throw unreachableCount(n, total);
    return atLeastOf(n);
  },
  examples: [
    {
      title: "passes when enough scorers pass",
      settings: {
        n: 2,
        of: [
          { type: "contains", value: "a" },
          { type: "contains", value: "b" },
          { type: "contains", value: "c" },
        ],
      },
      output: "a c",
      expected: { pass: true, score: 1, reason: 'contains: contains "a"; contains: contains "c"' },
    },
    {
      title: "does not pass when too few scorers pass",
      settings: {
        n: 2,
        of: [
          { type: "contains", value: "a" },
          { type: "equals", value: "b" },
        ],
      },
      output: "a",
      expected: { pass: false, score: 0, reason: 'equals: expected "b", got "a"' },
    },
  ],
});
