import { defineTextSearch } from "../frame/text-search.ts";

export const startsWith = defineTextSearch({
  type: "starts-with",
  about: "The answer starts with a text.",
  found: (answer, wanted) => answer.startsWith(wanted),
  wants: "found",
  verb: "start with",
  examples: [
    {
      title: "passes an answer that starts with the text",
      settings: { value: "Dear" },
      output: "Dear Dana",
      expected: { pass: true, reason: 'starts with "Dear"' },
    },
    {
      title: "fails an answer with the text in a later place",
      settings: { value: "Dear" },
      output: "Oh, Dear",
      expected: { pass: false, score: 0, reason: 'does not start with "Dear": "Oh, Dear"' },
    },
    {
      title: "can ignore leading blanks",
      settings: { value: "Dear", trim: true },
      output: "\n Dear Dana",
      expected: { pass: true },
    },
  ],
});
