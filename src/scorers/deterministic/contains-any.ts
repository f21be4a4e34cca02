import { defineListSearch } from "../frame/text-search.ts";

export const containsAny = defineListSearch({
  type: "contains-any",
  about: "The answer contains at least one text of a list.",
  quantity: "any",
  wants: "found",
  examples: [
    {
      title: "passes an answer with one of the texts",
      settings: { value: ["refund", "credit"] },
      output: "You get a credit.",
      expected: { pass: true, reason: 'contains "credit"' },
    },
    {
      title: "fails an answer without any of them",
      settings: { value: ["refund", "credit"] },
      output: "Sorry.",
      expected: { pass: false, score: 0, reason: 'does not contain "refund", "credit"' },
    },
  ],
});
