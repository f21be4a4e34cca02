import * as z from "zod";
import { onFirstUse } from "./on-first-use.ts";

/** One line of `labels/<suite>.jsonl`: a person's judgement of one answer. */
export const labelSchema = onFirstUse(() =>
  z.strictObject({
    case: z.string().min(1).describe("Id of the case"),
    answer_hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe("SHA-256 of the answer's UTF-8 text. The label belongs to this text, whichever run gave it"),
    answer: z.string().describe("The answer, so that a reviewer can check the label without a store"),
    rater: z.string().min(1).describe("Who judged it"),
    verdict: z.enum(["pass", "fail", "unsure"]),
    criteria: z
      .record(z.string(), z.enum(["pass", "fail", "unsure"]))
      .optional()
      .describe("Verdicts on single criteria of the judge"),
    comment: z.string().optional(),
    at: z
      .union([z.iso.datetime({ offset: true, local: true }), z.iso.date()])
      .describe("When it was judged: a date, or a date and time; this program writes UTC"),
    picked: z
      .enum(["random", "stratified"])
      .describe("How the answer was chosen; decides how a pass rate is corrected for the judge's error"),
    weight: z.number().min(1e-9).max(1e9).describe("Number of the run's answers that this answer represents"),
    of: z
      .string()
      .min(1)
      .optional()
      .describe(
        "The judge or scorer that the label measures; default: the suite's judge, if it has exactly one",
      ),
  }),
);
export type Label = z.output<ReturnType<typeof labelSchema>>;
