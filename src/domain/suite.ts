import * as z from "zod";
import { agentSettingsSchema, userSettingsSchema } from "./agent-settings.ts";
import { Case } from "./case.ts";
import { Clock } from "./config.ts";
import { JudgeBar } from "./judge-bar.ts";
import { pressureSchema } from "./pressure.ts";
import { whenGiven } from "./when-given.ts";

/** The part of an answer that a scorer reads; default the whole text. */
export const Select = z.union([
  z.strictObject({
    json: z.string().min(1).describe("RFC 9535 JSONPath, applied to the answer parsed as JSON"),
  }),
  z.strictObject({
    regex: z.string().min(1).describe("RE2 regular expression; linear time"),
    group: z
      .union([z.int().min(0), z.string()])
      .optional()
      .describe("Capture group, by number or name; default 1 if there is one, else the whole match"),
    take: z.enum(["first", "last"]).optional().describe("Which match; default first"),
  }),
]);
export type Select = z.output<typeof Select>;

/** The text of a transcript that a scorer reads; default the answer. */
export const TextPlace = z.union([
  z.enum(["answer", "assistant", "conversation"]),
  z.strictObject({
    turn: z.int().min(1).describe("Number, from 1, of the person's message whose answer is read"),
  }),
  z.strictObject({
    tool: z.string().min(1).describe("Name of the tool whose calls are read: their arguments, as JSON"),
  }),
]);
export type TextPlace = z.output<typeof TextPlace>;

/** Settings of every entry under `scorers:`, of any type. */
export const scorerFrame = {
  type: z.string(),
  name: z.string().min(1).optional().describe("Name of the scorer, unique in the suite; default: the type"),
  required: z
    .boolean()
    .optional()
    .describe("Whether a trial fails if this scorer does not pass; default true"),
  threshold: z.number().min(0).max(1).optional().describe("Score from which on the answer passes"),
  raw: z
    .boolean()
    .optional()
    .describe(
      "Whether the scorer reads texts before `redact` changes them; such scores cannot be computed again from the store",
    ),
  select: Select.optional(),
  on: TextPlace.optional().describe(
    "Which text is read: answer (default), assistant, conversation, {turn: N} or {tool: NAME}",
  ),
  scope: z
    .enum(["turn"])
    .optional()
    .describe("turn: each turn of the conversation is scored by itself, against its own `expect`"),
  against: z
    .string()
    .min(1)
    .optional()
    .describe("Place in the case of the value to compare with; default `expected`"),
  value: z.unknown().optional().describe("The value to compare with, instead of `against`"),
};

/** An entry under `scorers:` before the scorer's type has parsed the settings that only this type has. */
export const ScorerEntry = z.looseObject(scorerFrame);
export type ScorerEntry = z.output<typeof ScorerEntry>;

/** A rule of `gate.regression`: a metric must not get worse than in the baseline. */
export const RegressionRule = z.strictObject({
  metric: z.string().default("pass_rate").describe("pass_rate, pass^k, score.<name> or flip_rate.<kind>"),
  max_drop: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.03)
    .describe("Largest drop that passes, as a share in [0, 1]; for a flip rate the largest rise"),
  relative: z.boolean().default(false).describe("Whether max_drop is a share of the baseline's value"),
  confidence: z
    .number()
    .gt(0.5)
    .lt(1)
    .default(0.95)
    .describe("One-sided confidence level of the test for a drop, and of the test for a rise"),
  undecided: z
    .enum(["warn", "fail"])
    .default("warn")
    .describe("If the evidence is not enough: pass with a warning, or exit 3"),
  scope: z
    .enum(["suite", "population"])
    .default("suite")
    .describe("suite: the rule is about exactly these cases; population: about all cases like these"),
  mode: z
    .enum(["test", "point"])
    .default("test")
    .describe("point: compare the bare numbers without a statistical test, as other tools do"),
  exact: z
    .boolean()
    .default(false)
    .describe(
      "Whether the test uses the exact p-value instead of the mid-p-value: false alarms are then never more frequent than `confidence` allows, and the test detects a little less",
    ),
});
export type RegressionRule = z.output<typeof RegressionRule>;

export const Gate = z.strictObject({
  require: z
    .record(z.string(), z.string())
    .default({})
    .describe('Metric: bound, for instance pass_rate: ">= 0.9"'),
  regression: z
    .union([z.literal(false), RegressionRule, z.array(RegressionRule).min(1)])
    .prefault({})
    .describe("Rules against getting worse than the baseline; on by default, false switches them off"),
  critical: z.array(z.string()).default([]).describe("Cases that must pass every trial: tag:… or case:…"),
  each_case: z
    .string()
    .optional()
    .describe('Share of its own trials that every case must pass, for instance ">= 0.8"'),
  judge: JudgeBar.optional().describe(
    "How good a judge must be before rules that use its scores can fail the gate",
  ),
  contract: z
    .boolean()
    .default(false)
    .describe("Fail a prompt version that changes more than its bump declares: patch, minor, major"),
  allow_removed: z
    .boolean()
    .default(false)
    .describe("Whether cases of the baseline may be removed from the dataset"),
});
export type Gate = z.output<typeof Gate>;

/** Cases created by code; a module must be named explicitly. */
export const DatasetModule = z.strictObject({
  module: z
    .string()
    .min(1)
    .describe("TypeScript or JavaScript, outside datasets/ and prompts/; its default export gives the cases"),
});
export type DatasetModule = z.output<typeof DatasetModule>;

/** `evals/<suite>.yaml`. */
export const Suite = z.strictObject({
  description: z.string().optional().describe("What the suite is about, for readers"),
  dataset: z
    .union([z.string().min(1), DatasetModule])
    .optional()
    .describe("A name in datasets/, or a path; or a module that makes the cases"),
  cases: z.array(Case).min(1).optional().describe("The cases themselves, instead of a dataset"),
  prompt: z
    .string()
    .min(1)
    .optional()
    .describe(
      "name, name@1.2.0 or name@^1; a value that has `{{ … }}` or several lines is the prompt's own text",
    ),
  prompts: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("Versions of prompts, as name@1.2.0: one run and one baseline each"),
  model: z.string().min(1).optional().describe("An alias of evalconfig.yaml"),
  models: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("Several aliases of evalconfig.yaml: one run each"),
  trials: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe("Trials of each case; default: defaults.trials, else 1"),
  concurrency: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe("Trials in flight at once; default: defaults.concurrency, else 16"),
  filter: z
    .strictObject({
      tags: z.array(z.string().min(1)).min(1).optional().describe("Cases with any of these tags"),
      cases: z.array(z.string().min(1)).min(1).optional().describe("Cases with any of these ids"),
    })
    .optional()
    .describe("Which cases of the dataset to run; default: all"),
  clock: Clock.optional(),
  agent: whenGiven(agentSettingsSchema).describe(
    "Asks the model in a loop and calls its tools; without `agent`, evals calls no tools",
  ),
  user: whenGiven(userSettingsSchema).describe(
    "What the person says, turn by turn; without it the prompt is all that is said",
  ),
  pressure: whenGiven(pressureSchema).describe(
    "Asks passing trials again, harder: sycophancy, paraphrase, typos, distractors, order, injection",
  ),
  scorers: z.array(ScorerEntry).min(1),
  gate: Gate.prefault({}).describe("The rules that a run must pass; without it only the regression rule"),
  canary: z
    .int()
    .min(5)
    .max(200)
    .optional()
    .describe(
      "Number of stable cases that are asked again with the baseline's own prompt; 20 to 30 are usual",
    ),
});
export type Suite = z.output<typeof Suite>;
