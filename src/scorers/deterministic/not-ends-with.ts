import { defineTextSearch } from "../frame/text-search.ts";

export const notEndsWith = defineTextSearch({
  type: "not-ends-with",
  about: "The answer does not end with a text.",
  found: (answer, wanted) => answer.endsWith(wanted),
  wants: "absent",
  verb: "end with",
  examples: [
    {
      title: "fails an answer that ends with the text",
      settings: { value: "…", trim: true },
      output: "and then… ",
      expected: { pass: false, score: 0, reason: 'must not end with "…"' },
    },
    {
      title: "passes any other answer",
      settings: { value: "…" },
      output: "Done.",
      expected: { pass: true, reason: 'does not end with "…"' },
    },
  ],
});
