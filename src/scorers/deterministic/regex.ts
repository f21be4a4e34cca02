import { defineRegexSearch } from "../frame/regex-search.ts";

export const regex = defineRegexSearch({
  type: "regex",
  about: "The answer matches an RE2 regular expression (linear time; no lookaround, no back-references).",
  wants: "found",
  examples: [
    {
      title: "passes a match anywhere in the answer",
      settings: { value: "order #\\d{4}" },
      output: "Your order #1234 is late.",
      expected: { pass: true, score: 1, reason: "matches /order #\\d{4}/" },
    },
    {
      title: "fails an answer without a match",
      settings: { value: "order #\\d{4}" },
      output: "Your order is late.",
      expected: { pass: false, score: 0, reason: 'does not match /order #\\d{4}/: "Your order is late."' },
    },
    {
      title: "reads the pattern from the case",
      settings: { against: "expected.pattern", ignore_case: true },
      output: "Order 7",
      case: { expected: { pattern: "^order \\d+$" } },
      expected: { pass: true },
    },
    {
      title: "can require the whole answer to match",
      settings: { value: "[A-Z]{2}", full: true },
      output: "DEU",
      expected: { pass: false },
    },
    {
      title: "knows Unicode classes",
      settings: { value: "^\\p{Han}+$" },
      output: "退款",
      expected: { pass: true },
    },
    {
      title: "cannot score when the case's pattern is invalid",
      settings: {},
      output: "a",
      case: { expected: "a(b" },
      expected: { failure: "missing closing )" },
    },
  ],
});
