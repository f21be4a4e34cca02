import { defineTextSearch } from "../frame/text-search.ts";

export const notStartsWith = defineTextSearch({
  type: "not-starts-with",
  about: "The answer does not start with a text.",
  found: (answer, wanted) => answer.startsWith(wanted),
  wants: "absent",
  verb: "start with",
  examples: [
    {
      title: "fails an answer that starts with the text",
      settings: { value: "Sure", ignore_case: true },
      output: "sure, here is",
      expected: { pass: false, score: 0, reason: 'must not start with "Sure"' },
    },
    {
      title: "passes any other answer",
      settings: { value: "Sure" },
      output: "Here is",
      expected: { pass: true, reason: 'does not start with "Sure"' },
    },
  ],
});
