import { defineRegexSearch } from "../frame/regex-search.ts";

export const notRegex = defineRegexSearch({
  type: "not-regex",
  about: "The answer does not match an RE2 regular expression.",
  wants: "absent",
  examples: [
    {
      title: "fails an answer with a match, and shows the match",
      settings: { value: "\\b\\d{16}\\b" },
      output: "Your card 4111111111111111 was charged.",
      expected: { pass: false, score: 0, reason: 'must not match /\\b\\d{16}\\b/: "4111111111111111"' },
    },
    {
      title: "passes any other answer",
      settings: { value: "\\b\\d{16}\\b" },
      output: "Your card was charged.",
      expected: { pass: true, reason: "does not match /\\b\\d{16}\\b/" },
    },
  ],
});
