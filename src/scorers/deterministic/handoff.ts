import type { ToolUse } from "../../domain/describe-transcript.ts";
import { membersIn } from "../../domain/found-documents.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { show } from "../frame/brief.ts";
import { textOperand } from "../frame/text-options.ts";
import { knownCalls } from "../frame/whole-transcript.ts";

const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");

/**
 * The names of the agent to which a call hands over, normalized: from the tool's name (`transfer_to_billing`,
 * `handoff-to-billing`, `delegate_to_billing`) and from all arguments that are texts. Empty for other calls.
 */
function handedTo({ name, arguments: asked }: ToolUse): readonly string[] {
  const [, to] =
    /^(?:transfer|hand_?off|delegate|escalate|route|switch)[_-]?(?:to[_-]?)?(.*)$/i.exec(name) ?? [];
  if (to === undefined) return [];
  const named = Object.values(membersIn(asked)).filter((value) => typeof value === "string");
  return [to, ...named].map(plain).filter((one) => one !== "");
}

export const handoff = defineScorer({
  type: "handoff",
  about:
    "The conversation was handed over to the expected agent: by a call such as transfer_to_NAME, by such a call with the agent's name as an argument, or, in a trace, by spans of that agent.",
  reads: "whole",
  options: {},
  operand: "required",
  grades: "binary",
  readOperand: textOperand,
  compile: () => ({
    score(_, name, { transcript }) {
      const wanted = plain(name);
      const agents = transcript.trajectory?.agents ?? [];
      if (agents.slice(1).some((one) => plain(one) === wanted)) return hit(`${name} was at work`);
      const calls = agents.length > 0 ? transcript.tool_calls : knownCalls(transcript);
      const others = (calls as readonly ToolUse[]).flatMap((call) => handedTo(call));
      if (others.includes(wanted)) return hit(`handed over to ${name}`);
      return miss(
        others.length === 0
          ? `nothing was handed over, ${show(name)} wanted`
          : `handed over to ${others[0]}, ${show(name)} wanted`,
        { class: others.length === 0 ? "orchestration" : "tool-choice" },
      );
    },
  }),
  examples: [
    {
      title: "passes a call that hands over",
      settings: { value: "billing agent" },
      output: "One moment.",
      transcript: { tool_calls: [{ name: "transfer_to_billing_agent", arguments: {} }] },
      expected: { pass: true, reason: "handed over to billing agent" },
    },
    {
      title: "passes a call with the agent's name as an argument",
      settings: { value: "billing" },
      output: "One moment.",
      transcript: { tool_calls: [{ name: "handoff", arguments: { agent: "Billing" } }] },
      expected: { pass: true },
    },
    {
      title: "fails a call that hands over to another agent",
      settings: { value: "billing" },
      output: "One moment.",
      transcript: { tool_calls: [{ name: "transfer_to_sales", arguments: {} }] },
      expected: { pass: false, score: 0, reason: 'handed over to sales, "billing" wanted' },
    },
    {
      title: "fails a conversation that was not handed over",
      settings: { value: "billing" },
      output: "I can do that.",
      transcript: { tool_calls: [] },
      expected: { pass: false, reason: 'nothing was handed over, "billing" wanted' },
    },
  ],
});
