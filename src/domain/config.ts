import * as z from "zod";
import { parseAge, parseDuration } from "./duration.ts";
import { redactSchema } from "./redaction.ts";
import { whenGiven } from "./when-given.ts";

/** A duration such as `4s`, converted to milliseconds. */
export const Duration = z
  .string()
  .refine((text) => (parseDuration(text) ?? 0) > 0, { error: "expected a time such as 500ms, 60s or 2m" })
  .transform((text) => parseDuration(text) ?? 0)
  .meta({ description: "A time: 500ms, 60s, 2m" });

/** A maximum age such as `30d`, converted to milliseconds. */
export const Age = z
  .string()
  .refine((text) => (parseAge(text) ?? 0) > 0, { error: "expected an age such as 90d, 12h or 1s" })
  .transform((text) => parseAge(text) ?? 0)
  .meta({ description: "An age: 90d, 12h, 1s" });

/** US dollars per million tokens. Absent means unknown, never free. */
export const Price = z.strictObject({
  input: z.number().min(0).describe("US dollars per million input tokens"),
  output: z.number().min(0).describe("US dollars per million output tokens, reasoning included"),
  cached_input: z
    .number()
    .min(0)
    .optional()
    .describe("US dollars per million input tokens that were read from the provider's cache; default: input"),
  cache_write: z
    .number()
    .min(0)
    .optional()
    .describe("US dollars per million input tokens written into the provider's cache; default: input"),
  batch: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("Share of these prices that batched calls cost; default 0.5"),
});
export type Price = z.output<typeof Price>;

/** The time available to templates as `clock`. */
export const Clock = z
  .string()
  .refine(
    (text) =>
      /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text) &&
      !Number.isNaN(Date.parse(text)),
    {
      error: "expected a moment such as 2026-11-29T09:00Z",
    },
  )
  .describe("The time that {{ clock }} gives in templates; part of the key of cases that use it");

/** Rate limits of a model. */
export const Limits = z.strictObject({
  concurrency: z.int().min(1).max(10_000).optional().describe("Requests in flight at once"),
  requests_per_minute: z
    .number()
    .positive()
    .optional()
    .describe("Requests sent in a minute, retries included"),
  tokens_per_minute: z.number().positive().optional().describe("Input and output tokens in a minute"),
});
export type Limits = z.output<typeof Limits>;

/** Settings of every entry under `models:`, for any provider. */
export const modelFrame = {
  provider: z.string(),
  price: Price.optional().describe("US dollars per million tokens; absent means unknown, never 0"),
  limits: Limits.optional().describe("Rate limits of the model, for all runs together"),
  timeout: Duration.optional().describe("Deadline of one attempt; default 60s"),
  fallback: z
    .string()
    .optional()
    .describe("Alias of another model, asked when this one keeps failing; its answers are marked as such"),
  version: z
    .string()
    .optional()
    .describe(
      "Your version number for code behind the model that the request does not show; with it, answers are reused in other runs",
    ),
  context: z
    .unknown()
    .optional()
    .describe(
      "Free-form description of anything else that defines the behaviour; its hash is part of the fingerprint",
    ),
};

/** An entry under `models:` before its provider has parsed the settings that are specific to the provider. */
export const ModelEntry = z.looseObject(modelFrame);
export type ModelEntry = z.output<typeof ModelEntry>;

/** A limit on what a run may spend. A run stops before exceeding it. */
export const Budget = z.strictObject({
  usd: z.number().positive().optional().describe("US dollars"),
  tokens: z.int().positive().optional().describe("Input and output tokens"),
});
export type Budget = z.output<typeof Budget>;

/**
 * How long the store keeps runs. `evals store prune` deletes older runs, except for runs behind a baseline or tag.
 */
export const Retention = z.strictObject({
  keep: Age.optional().describe("`evals store prune` removes runs that ended longer ago than this"),
  answers: Age.optional().describe(
    "`evals store prune` removes the answers of runs that ended longer ago than this; the runs and their numbers stay",
  ),
});
export type Retention = z.output<typeof Retention>;

/** Settings of a dataset that are not in its file. */
export const DatasetEntry = z.strictObject({
  classification: z
    .literal("restricted")
    .optional()
    .describe("Its texts, and answers to it, stay in the store: no report, baseline or export has them"),
});
export type DatasetEntry = z.output<typeof DatasetEntry>;

/** `evalconfig.yaml`. */
export const EvalConfig = z.strictObject({
  models: z.record(z.string(), ModelEntry),
  defaults: z
    .strictObject({
      trials: z.int().min(1).max(1000).optional().describe("Trials of each case; default 1"),
      concurrency: z.int().min(1).max(10_000).optional().describe("Trials in flight at once; default 16"),
    })
    .default({})
    .describe("Values for suites that do not set them"),
  budget: Budget.optional().describe("The most that a run may spend; a run stops before it would spend more"),
  clock: Clock.optional(),
  redact: whenGiven(redactSchema).describe(
    "Personal data and keys that are removed from texts before the texts are scored and stored",
  ),
  history: Retention.optional().describe("How long this machine's history is kept"),
  datasets: z
    .record(z.string(), DatasetEntry)
    .optional()
    .describe("Settings of datasets, by name or by path from the root"),
});
export type EvalConfig = z.output<typeof EvalConfig>;

export const DEFAULT_TRIALS = 1;
export const DEFAULT_CONCURRENCY = 16;
export const DEFAULT_TIMEOUT_MS = 60_000;
