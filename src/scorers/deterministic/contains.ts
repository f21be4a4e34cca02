import { defineTextSearch } from "../frame/text-search.ts";

export const contains = defineTextSearch({
  type: "contains",
  about: "The answer contains a text.",
  found: (answer, wanted) => answer.includes(wanted),
  wants: "found",
  verb: "contain",
  examples: [
    {
      title: "passes an answer with the text anywhere in it",
      settings: { value: "refund" },
      output: "Your refund is on its way.",
      expected: { pass: true, score: 1, reason: 'contains "refund"' },
    },
    {
      title: "fails an answer without the text",
      settings: { against: "expected.word" },
      output: "No.",
      case: { expected: { word: "refund" } },
      expected: { pass: false, score: 0, reason: 'does not contain "refund": "No."' },
    },
    {
      title: "can ignore letter case",
      settings: { value: "REFUND", ignore_case: true },
      output: "a Refund",
      expected: { pass: true },
    },
    {
      title: "looks for a number's digits",
      settings: { value: 42 },
      output: "It is 42.",
      expected: { pass: true },
    },
    {
      title: "searches the selected part only",
      settings: { value: "billing", select: { json: "$.reply" } },
      output: '{"queue": "billing", "reply": "hello"}',
      expected: { pass: false, reason: 'does not contain "billing": "hello"' },
    },
    {
      title: "cannot search for an empty text",
      settings: {},
      output: "a",
      case: { expected: "" },
      expected: { failure: "an empty text is in every answer" },
    },
  ],
});
