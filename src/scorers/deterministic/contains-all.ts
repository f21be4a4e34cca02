import { defineListSearch } from "../frame/text-search.ts";

export const containsAll = defineListSearch({
  type: "contains-all",
  about: "The answer contains every text of a list.",
  quantity: "all",
  wants: "found",
  examples: [
    {
      title: "passes an answer with all texts, in any order",
      settings: { value: ["name", "date"] },
      output: "date and name",
      expected: { pass: true, score: 1, reason: 'contains "name", "date"' },
    },
    {
      title: "names the missing texts",
      settings: { value: ["name", "date", "sum"] },
      output: "name only",
      expected: { pass: false, score: 0, reason: 'does not contain "date", "sum"' },
    },
    {
      title: "cannot score with an empty list",
      settings: {},
      output: "a",
      case: { expected: [] },
      expected: { failure: "the list is empty" },
    },
  ],
});
