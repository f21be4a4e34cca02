import * as z from "zod";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { counted, shorten } from "../frame/brief.ts";
import { toolsOfOptions } from "../frame/named-tools.ts";
import { knownCalls } from "../frame/whole-transcript.ts";

export const toolErrors = defineScorer({
  type: "tool-errors",
  about: "No tool call failed.",
  reads: "whole",
  scope: "turn",
  options: {
    max: z.int().min(0).default(0).describe("Largest number of failed calls allowed"),
    only: z.array(z.string().min(1)).min(1).optional().describe("Only calls of these tools are checked"),
  },
  operand: "none",
  grades: "binary",
  compile: ({ max, only }) => ({
    tools: (golden) => (golden === null ? toolsOfOptions({ only }) : []),
    score(_, __, { transcript }) {
      const calls = knownCalls(transcript).filter(({ name }) => only === undefined || only.includes(name));
      const failed = calls.filter(({ error }) => error !== null);
      const [first] = failed;
      if (failed.length <= max || first === undefined)
        return hit(`${counted(failed.length, "failed call")} of ${calls.length}`);
      const step = first.step === null ? {} : { step: first.step };
      return miss(
        `${counted(failed.length, "failed call")} of ${calls.length}; ${first.name}: ${shorten(first.error ?? "", 200)}`,
        { class: "tool-failure", tool: first.name, ...step },
      );
    },
  }),
  examples: [
    {
      title: "passes when no call failed",
      settings: {},
      output: "Done.",
      transcript: { tool_calls: [{ name: "find", arguments: {}, result: { id: 1 } }] },
      expected: { pass: true, reason: "0 failed calls of 1" },
    },
    {
      title: "does not pass when a call failed",
      settings: {},
      output: "Done.",
      transcript: { tool_calls: [{ name: "refund", arguments: {}, error: "no such order" }] },
      expected: { pass: false, score: 0, reason: "1 failed call of 1; refund: no such order" },
    },
  ],
});
