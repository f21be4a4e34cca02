import { defineListSearch } from "../frame/text-search.ts";

export const notContainsAll = defineListSearch({
  type: "not-contains-all",
  about: "The answer does not contain every text of a list; some of them are let through.",
  quantity: "all",
  wants: "absent",
  examples: [
    {
      title: "passes when one of them is missing",
      settings: { value: ["name", "password"] },
      output: "name: dana",
      expected: { pass: true, reason: 'contains "name"' },
    },
    {
      title: "misses when all are there",
      settings: { value: ["name", "password"] },
      output: "name and password",
      expected: { pass: false, score: 0, reason: 'must not contain "name", "password"' },
    },
  ],
});
