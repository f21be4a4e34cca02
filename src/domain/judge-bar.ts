import * as z from "zod";

/** How good a judge must be before the gate believes it: `gate.judge`. */
export const JudgeBar = z.strictObject({
  min_ac1: z.number().min(-1).max(1).default(0.6).describe("Least AC1 with people, by its lower bound"),
  min_labels: z.int().min(2).default(100).describe("Least labelled answers"),
});
export type JudgeBar = z.output<typeof JudgeBar>;
