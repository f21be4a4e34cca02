import * as z from "zod";
import { ScorerFailure } from "../../domain/scorer.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { counted } from "../frame/brief.ts";
import { wholeTranscript } from "../frame/whole-transcript.ts";

export const steps = defineScorer({
  type: "steps",
  about: "The answer took few enough steps. A step is one call of a model.",
  reads: "whole",
  options: { max: z.int().min(1).describe("Largest number of steps allowed") },
  operand: "none",
  grades: "binary",
  compile: ({ max }) => ({
    score(_, __, { transcript }) {
      const { steps: taken } = wholeTranscript(transcript);
      if (taken === null) throw new ScorerFailure("tool", "the answer does not tell how many steps it took");
      if (taken <= max) return hit(counted(taken, "step"));
      return miss(`${counted(taken, "step")}, at most ${max} wanted`, {
        class: "orchestration",
        step: max + 1,
      });
    },
  }),
  examples: [
    {
      title: "passes an answer with few enough steps",
      settings: { max: 5 },
      output: "Done.",
      transcript: { trajectory: { steps: 4 } },
      expected: { pass: true, reason: "4 steps" },
    },
    {
      title: "fails an answer with too many steps",
      settings: { max: 5 },
      output: "Done.",
      transcript: { trajectory: { steps: 9 } },
      expected: { pass: false, score: 0, reason: "9 steps, at most 5 wanted" },
    },
    {
      title: "cannot score when the answer does not tell its steps",
      settings: { max: 5 },
      output: "Done.",
      expected: { failure: "does not tell how many steps" },
    },
  ],
});
