import { defineScorer, hit, miss } from "../define-scorer.ts";
import { callWords } from "../frame/compare-calls.ts";
import { textListOperand } from "../frame/text-options.ts";
import { knownCalls } from "../frame/whole-transcript.ts";

export const notCalled = defineScorer({
  type: "not-called",
  about: "A tool was not called, or none of several tools.",
  reads: "whole",
  scope: "turn",
  options: {},
  operand: "required",
  grades: "binary",
  readOperand: textListOperand,
  toolsIn: (tools) => tools.map((name) => ({ name })),
  compile: () => ({
    score(_, tools, { transcript }) {
      const calls = knownCalls(transcript);
      const at = calls.findIndex(({ name }) => tools.includes(name));
      const call = calls[at];
      if (call === undefined) return hit(`${tools.join(", ")}: not called`);
      const step = call.step === null ? {} : { step: call.step };
      return miss(`call ${at + 1} is ${callWords(call)}`, { class: "tool-choice", tool: call.name, ...step });
    },
  }),
  examples: [
    {
      title: "passes when the tool was not called",
      settings: { value: "delete_account" },
      output: "Done.",
      transcript: { tool_calls: [{ name: "find_order", arguments: {} }] },
      expected: { pass: true, reason: "delete_account: not called" },
    },
    {
      title: "fails a call of one of the tools",
      settings: { value: ["delete_account", "refund"] },
      output: "Done.",
      transcript: { tool_calls: [{ name: "refund", arguments: { amount: 5 } }] },
      expected: { pass: false, score: 0, reason: 'call 1 is refund({"amount":5})' },
    },
  ],
});
