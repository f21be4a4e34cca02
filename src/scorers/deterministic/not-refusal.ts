import { defineRefusal } from "../frame/refusal-scorer.ts";

export const notRefusal = defineRefusal({
  type: "not-refusal",
  about: "The model does not refuse, by the same signs as `refusal`.",
  wants: "answer",
  examples: [
    {
      title: "passes an answer that is not a refusal",
      settings: {},
      output: "Your order ships on Monday.",
      expected: { pass: true, score: 1, reason: "not a refusal" },
    },
    {
      title: "fails a refusal",
      settings: {},
      output: "x",
      transcript: { finish_reason: "content_filter" },
      expected: { pass: false, score: 0, reason: "a refusal: finish reason content_filter" },
    },
  ],
});
