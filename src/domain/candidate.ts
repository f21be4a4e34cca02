import * as z from "zod";
import { FAILURE_CLASSES } from "./failure.ts";
import type { Json } from "./json.ts";
import { onFirstUse } from "./on-first-use.ts";

/** One line of `datasets/<name>.candidates.jsonl`: an exchange of production that may become a case. */
export const candidateSchema = onFirstUse(() =>
  z.strictObject({
    id: z.string().min(1).describe("Id of the case that the exchange may become"),
    accept: z
      .boolean()
      .nullable()
      .default(null)
      .describe("Whether the exchange becomes a case; null until somebody decides"),
    input: z
      .custom<Json>((value) => value !== undefined)
      .describe("What was asked, in the form of the dataset's inputs"),
    expected: z
      .custom<Json>()
      .nullable()
      .default(null)
      .describe("The right answer; null: the case has no expected"),
    right: z
      .boolean()
      .nullable()
      .default(null)
      .describe("Whether production's answer was right; null when nobody has judged it"),
    failure: z.enum(FAILURE_CLASSES).nullable().default(null).describe("Why production's answer was wrong"),
    answer: z.string().describe("What production answered"),
    tags: z.array(z.string().min(1)).default([]),
    trace: z.string().min(1).describe("Id of the trace: evals show trace:<id>"),
    at: z.string().nullable().default(null).describe("When the exchange began"),
    stratum: z.string().describe("The part of the traffic that the exchange was drawn from"),
    probability: z
      .number()
      .gt(0)
      .max(1)
      .describe("Probability that at least one way of drawing draws the exchange"),
    why: z
      .string()
      .min(1)
      .describe("The ways of drawing that drew the exchange: random, worst, errors, uncovered"),
  }),
);
export type Candidate = z.output<ReturnType<typeof candidateSchema>>;
