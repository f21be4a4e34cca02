import { defineScorer, hit, miss } from "../define-scorer.ts";
import { parseAnswer, Unselectable } from "../frame/parse-answer.ts";

const VALID = hit("valid JSON");

export const jsonValid = defineScorer({
  type: "json-valid",
  about: "The answer is JSON, strictly: no code fence, no comments, nothing before or after.",
  options: {},
  operand: "none",
  grades: "binary",
  compile: () => ({
    score(actual) {
      const value = typeof actual === "string" ? parseAnswer(actual) : actual;
      return value instanceof Unselectable ? miss(value.reason) : VALID;
    },
  }),
  examples: [
    {
      title: "passes any JSON value",
      settings: {},
      output: ' {"a": [1, null]}\n',
      expected: { pass: true, score: 1, reason: "valid JSON" },
    },
    {
      title: "fails prose",
      settings: {},
      output: "Sure! Here it is",
      expected: { pass: false, score: 0, reason: 'not valid JSON: it starts with "Sure! Here it is"' },
    },
    {
      title: "fails JSON in a code fence",
      settings: {},
      output: '```json\n{"a": 1}\n```',
      expected: { pass: false, reason: "not valid JSON: it is in a Markdown code fence" },
    },
    {
      title: "can select what is inside a code fence",
      settings: { select: { regex: "(?s)```json\\n(.*)```" } },
      output: '```json\n{"a": 1}\n```',
      expected: { pass: true },
    },
    {
      title: "fails an answer that was cut off",
      settings: {},
      output: '{"a": [1,',
      expected: { pass: false, reason: "not valid JSON: it breaks off" },
    },
    {
      title: "fails an answer that goes on after its JSON",
      settings: {},
      output: '{"queue": "billing"}\n\nThis is about billing, so I chose the billing queue. Ask me anything.',
      expected: {
        pass: false,
        reason:
          'not valid JSON: it is followed by "This is about billing, so I chose the billing queue. Ask me…"',
      },
    },
    {
      title: "fails an empty answer",
      settings: {},
      output: "",
      expected: { pass: false, reason: "not valid JSON: the answer is empty" },
    },
  ],
});
