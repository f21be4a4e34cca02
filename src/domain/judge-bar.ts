import * as z from "zod";

/** `gate.judge`: how well a judge must agree with people before the gate trusts it. */
export const JudgeBar = z.strictObject({
  min_ac1: z
    .number()
    .min(-1)
    .max(1)
    .default(0.6)
    .describe(
      "Minimum agreement with people: what the lower bound of AC1 (Gwet's agreement coefficient) must reach",
    ),
  min_labels: z.int().min(2).default(100).describe("Minimum number of labelled answers"),
});
export type JudgeBar = z.output<typeof JudgeBar>;
