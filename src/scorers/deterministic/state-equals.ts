import * as z from "zod";
import type { Json } from "../../domain/json.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { firstDifference } from "../frame/json-difference.ts";
import { readCell, readCells } from "../frame/read-cells.ts";
import { placesRemover } from "../frame/remove-places.ts";

const EQUAL = hit("the state is as expected");

export const stateEquals = defineScorer({
  type: "state-equals",
  about:
    "The state that the trial left behind equals the expected state; numbers are compared by value. The reason names the first difference.",
  reads: "whole",
  options: {
    ignore: z
      .array(z.string().min(1))
      .default([])
      .describe("JSONPaths (RFC 9535) of the parts that may differ, such as $..updated_at"),
    partial: z
      .boolean()
      .default(false)
      .describe("Objects of the state may have members that are not expected"),
  },
  operand: "required",
  at: "expected.state",
  grades: "binary",
  readOperand: (value): Json => value,
  async compile({ ignore, partial }) {
    const without = await placesRemover(ignore);
    const differ = firstDifference({ partial, ignore_order: false, ignore_keys: [], tolerance: 0 });
    return {
      score(_, expected, { transcript }) {
        const state = transcript.trajectory?.state;
        if (state === undefined)
          throw new ScorerFailure("tool", "the answer does not tell the state that it left");
        const wanted = readCells(readCell(expected, state), state);
        const difference = differ(without(wanted), without(state));
        // A wrong state alone tells no failure class. `classify-failure.ts` finds it from the tool calls: when they are
        // right, a tool failed.
        return difference === undefined ? EQUAL : miss(difference, { class: "unknown" });
      },
    };
  },
  examples: [
    {
      title: "passes the expected state, whatever the ignored parts contain",
      settings: { ignore: ["$..updated_at"] },
      output: "Done.",
      case: { expected: { state: { orders: { "A-7": { refunded: 25, updated_at: "Monday" } } } } },
      transcript: {
        trajectory: { state: { orders: { "A-7": { updated_at: "Tuesday", refunded: 25.0 } } } },
      },
      expected: { pass: true, reason: "the state is as expected" },
    },
    {
      title: "names the first place that differs",
      settings: {},
      output: "Done.",
      case: { expected: { state: { orders: { "A-7": { refunded: 25 } } } } },
      transcript: { trajectory: { state: { orders: { "A-7": {} } } } },
      expected: { pass: false, score: 0, reason: "$.orders['A-7'].refunded is missing, expected 25" },
    },
    {
      title: "can check only the expected members",
      settings: { partial: true },
      output: "Done.",
      case: { expected: { state: { refunds: 1 } } },
      transcript: { trajectory: { state: { refunds: 1, mails: 4 } } },
      expected: { pass: true },
    },
    {
      title: "cannot score when the answer does not tell its state",
      settings: {},
      output: "Done.",
      case: { expected: { state: {} } },
      expected: { failure: "does not tell the state" },
    },
  ],
});
