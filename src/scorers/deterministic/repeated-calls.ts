import * as z from "zod";
import { canonicalJson } from "../../domain/json.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { callWords } from "../frame/compare-calls.ts";
import { toolsOfOptions } from "../frame/named-tools.ts";
import { knownCalls } from "../frame/whole-transcript.ts";

export const repeatedCalls = defineScorer({
  type: "repeated-calls",
  about: "No tool was called again with the same arguments.",
  reads: "whole",
  scope: "turn",
  options: {
    max: z.int().min(1).default(1).describe("Largest number of identical calls allowed"),
    only: z.array(z.string().min(1)).min(1).optional().describe("Only calls of these tools are checked"),
  },
  operand: "none",
  grades: "binary",
  compile: ({ max, only }) => ({
    tools: (golden) => (golden === null ? toolsOfOptions({ only }) : []),
    score(_, __, { transcript }) {
      const calls = knownCalls(transcript).filter(({ name }) => only === undefined || only.includes(name));
      const keys = calls.map(({ name, arguments: asked }) => canonicalJson([name, asked]));
      const times = new Map<string, number>();
      for (const [at, key] of keys.entries()) {
        const count = (times.get(key) ?? 0) + 1;
        times.set(key, count);
        const call = calls[at];
        if (count <= max || call === undefined) continue;
        const all = keys.filter((one) => one === key).length;
        const step = call.step === null ? {} : { step: call.step };
        return miss(`${callWords(call)} was called ${all} times, at most ${max} wanted`, {
          class: "orchestration",
          tool: call.name,
          ...step,
        });
      }
      return hit(calls.length === 0 ? "no call" : "each call once");
    },
  }),
  examples: [
    {
      title: "passes the same tool with other arguments",
      settings: {},
      output: "Done.",
      transcript: { tool_calls: [1, 2].map((page) => ({ name: "search", arguments: { page } })) },
      expected: { pass: true, reason: "each call once" },
    },
    {
      title: "fails the same call twice, whatever the order of its arguments",
      settings: {},
      output: "Done.",
      transcript: {
        tool_calls: [
          { name: "search", arguments: { q: "x", page: 1 } },
          { name: "search", arguments: { page: 1, q: "x" } },
        ],
      },
      expected: {
        pass: false,
        score: 0,
        reason: 'search({"page":1,"q":"x"}) was called 2 times, at most 1 wanted',
      },
    },
  ],
});
