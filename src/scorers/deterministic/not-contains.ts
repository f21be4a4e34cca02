import { defineTextSearch } from "../frame/text-search.ts";

export const notContains = defineTextSearch({
  type: "not-contains",
  about: "The answer does not contain a text.",
  found: (answer, wanted) => answer.includes(wanted),
  wants: "absent",
  verb: "contain",
  examples: [
    {
      title: "passes an answer without the text",
      settings: { value: "guarantee" },
      output: "We will look into it.",
      expected: { pass: true, reason: 'does not contain "guarantee"' },
    },
    {
      title: "fails an answer with the text",
      settings: { value: "guarantee", ignore_case: true },
      output: "Guaranteed!",
      expected: { pass: false, score: 0, reason: 'must not contain "guarantee"' },
    },
    {
      title: "fails an answer without the selected part",
      settings: { value: "x", select: { json: "$.reply" } },
      output: "{}",
      expected: { pass: false, score: 0, reason: "$.reply is not in the answer" },
    },
  ],
});
