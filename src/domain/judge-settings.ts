import * as z from "zod";
import { onFirstUse } from "./on-first-use.ts";

/** One level of an anchored scale. */
export const scaleLevelSchema = onFirstUse(() =>
  z.strictObject({
    score: z.number().describe("Number that the judge answers for this level"),
    means: z.string().min(1).describe("What an answer of this level is like"),
    value: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        "Value of the level as a score in [0, 1]; default: its position between the lowest and the highest level",
      ),
  }),
);
export type ScaleLevel = z.output<ReturnType<typeof scaleLevelSchema>>;

/** The scores that a graded judge may give. */
export const scaleSchema = onFirstUse(() =>
  z.union([z.strictObject({ min: z.number(), max: z.number() }), z.array(scaleLevelSchema()).min(2)]),
);
export type Scale = z.output<ReturnType<typeof scaleSchema>>;

/** A criterion of a rubric. */
export const criterionSchema = onFirstUse(() =>
  z.strictObject({
    name: z.string().min(1).describe("Name of the criterion, unique in the judge"),
    text: z.string().min(1).describe("What an answer must be like to meet it"),
    weight: z
      .number()
      .min(0)
      .default(1)
      .describe("Weight of the criterion in the score, relative to the others"),
    must: z
      .boolean()
      .default(false)
      .describe("Whether an answer that misses it scores 0, whatever else it meets"),
  }),
);
export type Criterion = z.output<ReturnType<typeof criterionSchema>>;

/** The front matter of `judges/<name>/<version>.md`. */
export const judgeSettingsSchema = onFirstUse(() =>
  z.strictObject({
    kind: z.string().min(1).describe("How an answer is judged ([judges.md](judges.md))"),
    description: z.string().optional().describe("What this version is for"),
    author: z.string().optional().describe("Who wrote it"),
    rationale: z.string().optional().describe("Why it differs from the version before"),
    model: z.string().min(1).optional().describe("An alias of evalconfig.yaml"),
    models: z.array(z.string().min(1)).min(1).optional().describe("Several aliases: an ensemble"),
    params: z
      .record(z.string(), z.json())
      .default({})
      .describe("Parameters for the judge's models, in addition to their own"),
    scale: scaleSchema()
      .optional()
      .describe("`{min, max}`, or a list of levels, each with `score` and what it `means`"),
    threshold: z.number().min(0).max(1).optional().describe("Score in [0, 1] from which on an answer passes"),
    criteria: z
      .array(criterionSchema())
      .optional()
      .describe("The criteria of a rubric, each judged by itself"),
    samples: z.int().min(1).max(25).default(1).describe("How often each model is asked about one answer"),
    combine: z
      .enum(["majority", "mean", "unanimous"])
      .default("majority")
      .describe("How several opinions become one"),
    quotes: z
      .boolean()
      .default(false)
      .describe(
        "Whether the judge must quote its evidence; a quote that is not in the text makes the verdict void",
      ),
    structured: z
      .boolean()
      .default(true)
      .describe(
        "Whether the provider is asked to enforce a JSON schema on replies, if it can; false for a server that refuses such requests",
      ),
  }),
);
export type JudgeSettings = z.output<ReturnType<typeof judgeSettingsSchema>>;
