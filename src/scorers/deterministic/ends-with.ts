import { defineTextSearch } from "../frame/text-search.ts";

export const endsWith = defineTextSearch({
  type: "ends-with",
  about: "The answer ends with a text.",
  found: (answer, wanted) => answer.endsWith(wanted),
  wants: "found",
  verb: "end with",
  examples: [
    {
      title: "passes an answer that ends with the text",
      settings: { value: "?" },
      output: "Which order is it?",
      expected: { pass: true, reason: 'ends with "?"' },
    },
    {
      title: "counts a line break at the end as part of the answer",
      settings: { value: "?" },
      output: "Which order is it?\n",
      expected: {
        pass: false,
        score: 0,
        reason:
          'does not end with "?": "Which order is it?\\n"; they look alike and differ in blanks or line ends',
      },
    },
  ],
});
