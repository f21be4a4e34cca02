import { defineRefusal } from "../frame/refusal-scorer.ts";

export const refusal = defineRefusal({
  type: "refusal",
  about:
    "The model refuses: the provider says so (a refusal field, or the finish reason refusal or content_filter), or the answer's first 300 characters decline the request, in English, German, French, Spanish, Italian, Portuguese, Dutch, Japanese or Chinese. “I can't find order 12” and “I'm unable to open the attachment, but here is how …” do not count. On 435 labelled texts in nine languages (fixtures/refusals/texts.jsonl), precision is 0.99 and recall 0.96; on the 59 of them that were written after the phrases, 0.92 and 0.73 (npx vitest run src/scorers/frame/refusal-texts.test.ts). Phrases that your application uses and that it misses belong into `phrases`.",
  wants: "refusal",
  examples: [
    {
      title: "finds a refusal by its words",
      settings: {},
      output: "I\u2019m sorry, but I can\u2019t help with that.",
      expected: { pass: true, score: 1, reason: 'a refusal: it says "I can\u2019t help"' },
    },
    {
      title: "finds a refusal that the provider reports",
      settings: {},
      output: "",
      transcript: { refusal: "No." },
      expected: { pass: true, reason: "a refusal: the provider says so" },
    },
    {
      title: "does not take an apology for a refusal",
      settings: {},
      output: "I'm sorry you were charged twice. The refund is on its way.",
      expected: { pass: false, score: 0, reason: "not a refusal" },
    },
    {
      title: "does not take a phrase in a helpful answer for a refusal",
      settings: {},
      output: "I can't help but notice that you paid twice. I refunded one.",
      expected: { pass: false, score: 0, reason: "not a refusal" },
    },
    {
      title: "finds phrases of your own",
      settings: { phrases: ["that is outside what I do here"] },
      output: "That is outside what I do here, please call us.",
      expected: { pass: true },
    },
  ],
});
