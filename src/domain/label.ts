import * as z from "zod";
import { onDemand } from "./on-demand.ts";

/** One line of `labels/<suite>.jsonl`: a person's judgement of one answer. */
export const labelSchema = onDemand(() =>
  z.strictObject({
    case: z.string().min(1).describe("Id of the case"),
    answer_hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe(
        "SHA-256 of the answer's UTF-8 text: what the label belongs to, whichever run gave the answer",
      ),
    answer: z.string().describe("The answer, so that a reviewer can check the label without a store"),
    rater: z.string().min(1).describe("Who judged it"),
    verdict: z.enum(["pass", "fail", "unsure"]),
    criteria: z
      .record(z.string(), z.enum(["pass", "fail", "unsure"]))
      .optional()
      .describe("The same of single criteria of the judge"),
    comment: z.string().optional(),
    at: z
      .union([z.iso.datetime({ offset: true, local: true }), z.iso.date()])
      .describe("When: a date, or a date and time; in UTC where this program writes it"),
    picked: z
      .enum(["random", "stratified"])
      .describe("How the answer was chosen: it decides how a judge's error is taken out of a pass rate"),
    weight: z.number().min(1e-9).max(1e9).describe("Answers of the run that this one stands for"),
    of: z
      .string()
      .min(1)
      .optional()
      .describe(
        "The judge or scorer that it measures; without it the suite's judge, where there is exactly one",
      ),
  }),
);
export type Label = z.output<ReturnType<typeof labelSchema>>;
