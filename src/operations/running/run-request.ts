import * as z from "zod";
import type { Narrowing } from "../../domain/run.ts";

const count = z.coerce.number().int();

/** What to run, and how. */
export const RunRequest = z.object({
  suites: z.array(z.string()).default([]),
  directory: z.string().optional(),
  at: z.string().min(1).optional(),
  model: z.array(z.string()).default([]),
  prompt: z.array(z.string()).default([]),
  trials: count.min(1).max(1000).optional(),
  case: z.array(z.string()).default([]),
  tag: z.array(z.string()).default([]),
  /** Words that the input or the expected value must contain. */
  text: z.string().regex(/\S/).optional(),
  /** Id of a run: only cases that did not pass every trial of this run are run. Empty for each suite's newest run. */
  failing: z.string().optional(),
  shard: z
    .string()
    .regex(/^\d+\/\d+$/)
    .refine((text) => {
      const [part = 0, parts = 0] = text.split("/").map(Number);
      return part >= 1 && part <= parts;
    })
    .optional(),
  concurrency: count.min(1).max(10_000).optional(),
  budget: z.coerce.number().positive().optional(),
  baseline: z.string().optional(),
  allTrials: z.boolean().default(false),
  cache: z.boolean().default(true),
  record: z.boolean().default(false),
  replay: z.boolean().default(false),
  resume: z.boolean().default(false),
  batch: z.boolean().default(false),
  batchThenLive: z.boolean().default(false),
  run: z.string().optional(),
  /** Resumes a run, to ask its errored trials again. */
  retry: z
    .string()
    .refine((what) => what === "errored")
    .transform(() => "errored" as const)
    .optional(),
  /** For a dry run only: whether to show why each case has to be asked. */
  explainCache: z.boolean().default(false),
  /** Address of the PostgreSQL database shared with workers; without it, this process runs the trials. */
  workers: z.string().min(1).optional(),
  /** With workers: whether a call whose answer was lost with its worker is repeated. */
  repeat: z.boolean().default(true),
});
export type RunRequest = z.output<typeof RunRequest>;

/** By what the options select cases: ids, tags, a shard, words. Null when they select all cases. */
export function narrowingOf(options: RunRequest): Narrowing | null {
  const { case: cases, tag: tags, shard = null, text: words } = options;
  if (cases.length === 0 && tags.length === 0 && shard === null && words === undefined) return null;
  const narrowed = { cases: [...cases].sort(), tags: [...tags].sort(), shard };
  return words === undefined ? narrowed : { ...narrowed, words };
}
