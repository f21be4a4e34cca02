import { defineScorer } from "../define-scorer.ts";
import { callOptions, callsOperand, checkReads } from "../frame/call-options.ts";
import { compareCalls } from "../frame/compare-calls.ts";
import { toolsOfOptions } from "../frame/named-tools.ts";
import { knownCalls } from "../frame/whole-transcript.ts";

const find = (order: string) => ({ name: "find_order", arguments: { order } });
const refund = (amount: number) => ({ name: "refund", arguments: { order: "A-7", amount } });
const EXPECTED = { expected: { calls: [find("A-7"), refund(25)] } };

export const toolCalls = defineScorer({
  type: "tool-calls",
  about:
    "The tool calls are the expected ones. Expected and actual calls are paired one to one, as many as possible. The score is F1: twice the number of pairs, divided by the number of expected and actual calls together. It passes at 1. Numbers are compared by value (25 = 25.0). The reason names the first difference.",
  reads: "whole",
  scope: "turn",
  options: callOptions,
  operand: "required",
  at: "expected.calls",
  grades: "full",
  readOperand: callsOperand,
  toolsIn: (calls) => calls.map(({ name }) => ({ name, expected: true })),
  compile(options) {
    checkReads(options);
    return {
      tools: (golden) => (golden === null ? toolsOfOptions(options) : []),
      score: (_, wanted, { transcript }) => compareCalls(wanted, knownCalls(transcript), options),
    };
  },
  examples: [
    {
      title: "passes the expected calls",
      settings: {},
      output: "Done.",
      case: EXPECTED,
      transcript: { tool_calls: [find("A-7"), refund(25.0)] },
      expected: { pass: true, score: 1, reason: "2 calls as expected" },
    },
    {
      title: "names the argument that differs",
      settings: {},
      output: "Done.",
      case: EXPECTED,
      transcript: { tool_calls: [find("A-7"), refund(52)] },
      expected: { pass: false, score: 0.5, reason: "call 2, refund: $.amount: expected 25, got 52" },
    },
    {
      title: "can ignore a tool's arguments",
      settings: { arguments: { "*": "equal", refund: "ignore" } },
      output: "Done.",
      case: EXPECTED,
      transcript: { tool_calls: [find("A-7"), refund(52)] },
      expected: { pass: true },
    },
    {
      title: "can compare only the expected arguments",
      settings: { arguments: "partial" },
      output: "Done.",
      case: { expected: { calls: [{ name: "refund", arguments: { order: "A-7" } }] } },
      transcript: { tool_calls: [refund(52)] },
      expected: { pass: true },
    },
    {
      title: "pairs as many calls as it can, in order",
      settings: {},
      output: "Done.",
      case: { expected: { calls: ["a", "b", "c", "a"] } },
      transcript: { tool_calls: ["a", "d", "c", "a"].map((name) => ({ name, arguments: {} })) },
      expected: { pass: false, score: 0.75, reason: "call 2: expected b(), got d({})" },
    },
    {
      title: "expects the calls in order by default",
      settings: {},
      output: "Done.",
      case: EXPECTED,
      transcript: { tool_calls: [refund(25), find("A-7")] },
      expected: {
        pass: false,
        score: 0.5,
        reason:
          'another order: find_order({"order":"A-7"}) was wanted as call 1 and is call 2; call 1 is refund({"order":"A-7","amount":25})',
      },
    },
    {
      title: "can accept any order",
      settings: { order: "any" },
      output: "Done.",
      case: EXPECTED,
      transcript: { tool_calls: [refund(25), find("A-7")] },
      expected: { pass: true, score: 1 },
    },
    {
      title: "counts an unexpected call",
      settings: {},
      output: "Done.",
      case: EXPECTED,
      transcript: { tool_calls: [find("A-7"), find("A-8"), refund(25)] },
      expected: { pass: false, score: 0.8, reason: 'call 2, find_order({"order":"A-8"}), was not expected' },
    },
    {
      title: "in any order, names an unexpected call rather than a later one with other arguments",
      settings: { order: "any" },
      output: "Done.",
      case: { expected: { calls: [refund(25)] } },
      transcript: { tool_calls: [{ name: "cancel", arguments: {} }, refund(52)] },
      expected: { pass: false, score: 0, reason: "call 1, cancel({}), was not expected" },
    },
    {
      title: "in any order, shows an unexpected call as made in place of the missing one",
      settings: { order: "any" },
      output: "Done.",
      case: EXPECTED,
      transcript: { tool_calls: [{ name: "cancel", arguments: {} }, refund(25)] },
      expected: {
        pass: false,
        score: 0.5,
        reason: 'call 1: expected find_order({"order":"A-7"}), got cancel({})',
      },
    },
    {
      title: "asks whether a tool of nearly the same name is meant",
      settings: { order: "any" },
      output: "Done.",
      case: { expected: { calls: [{ name: "refnd" }] } },
      transcript: { tool_calls: [refund(25)] },
      expected: {
        pass: false,
        score: 0,
        reason: 'call 1: expected refnd(), got refund({"order":"A-7","amount":25}); is refund meant?',
      },
    },
    {
      title: "can allow further calls of tools that only read",
      settings: { extra: "allow-reads", reads: ["find_order"] },
      output: "Done.",
      case: EXPECTED,
      transcript: { tool_calls: [find("A-7"), find("A-8"), refund(25)] },
      expected: { pass: true, score: 1 },
    },
    {
      title: "can check only some tools",
      settings: { only: ["refund"] },
      output: "Done.",
      case: EXPECTED,
      transcript: { tool_calls: [refund(25)] },
      expected: { pass: true },
    },
    {
      title: "does not pass when no tool was called",
      settings: {},
      output: "Done.",
      case: EXPECTED,
      transcript: { tool_calls: [] },
      expected: { pass: false, score: 0, reason: 'no call find_order({"order":"A-7"}): no tool was called' },
    },
    {
      title: "cannot score an answer that does not report its calls",
      settings: {},
      output: "Done.",
      case: EXPECTED,
      transcript: { untold: ["tool_calls"] },
      expected: { failure: "does not tell which tools were called" },
    },
  ],
});
