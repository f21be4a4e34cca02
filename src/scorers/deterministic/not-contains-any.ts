import { defineListSearch } from "../frame/text-search.ts";

export const notContainsAny = defineListSearch({
  type: "not-contains-any",
  about: "The answer contains no text of a list.",
  quantity: "any",
  wants: "absent",
  examples: [
    {
      title: "passes an answer with none of the texts",
      settings: { value: ["lawsuit", "fault"] },
      output: "We are looking into it.",
      expected: { pass: true, reason: 'contains none of "lawsuit", "fault"' },
    },
    {
      title: "names the texts that the answer contains",
      settings: { value: ["lawsuit", "fault"] },
      output: "It was our fault.",
      expected: { pass: false, score: 0, reason: 'must not contain "fault"' },
    },
  ],
});
