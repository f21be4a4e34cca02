import { defineListSearch } from "../frame/text-search.ts";

export const notContainsAll = defineListSearch({
  type: "not-contains-all",
  about: "The answer does not contain all texts of a list; it may contain some of them.",
  quantity: "all",
  wants: "absent",
  examples: [
    {
      title: "passes an answer in which at least one of the texts is missing",
      settings: { value: ["name", "password"] },
      output: "name: dana",
      expected: { pass: true, reason: 'contains "name"' },
    },
    {
      title: "fails an answer with all texts",
      settings: { value: ["name", "password"] },
      output: "name and password",
      expected: { pass: false, score: 0, reason: 'must not contain "name", "password"' },
    },
  ],
});
