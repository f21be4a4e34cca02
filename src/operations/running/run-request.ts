import * as z from "zod";
import type { Narrowing } from "../../domain/run.ts";

const count = z.coerce.number().int();

/** What is to be run, and how. */
export const RunRequest = z.object({
  suites: z.array(z.string()).default([]),
  directory: z.string().optional(),
  at: z.string().min(1).optional(),
  model: z.array(z.string()).default([]),
  prompt: z.array(z.string()).default([]),
  trials: count.min(1).max(1000).optional(),
  case: z.array(z.string()).default([]),
  tag: z.array(z.string()).default([]),
  /** Words that must be in the input or in what is expected. */
  text: z.string().regex(/\S/).optional(),
  /** Only the cases that did not pass everywhere in this run; empty for the newest of each suite. */
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
  /** Goes on with a run for what errored alone. */
  retry: z
    .string()
    .refine((what) => what === "errored")
    .transform(() => "errored" as const)
    .optional(),
  /** Only with a dry run: for each case why it is asked. */
  explainCache: z.boolean().default(false),
  /** Address of the PostgreSQL where workers are found; without it this process asks. */
  workers: z.string().min(1).optional(),
  /** With workers: a call whose answer was lost with its worker is asked again. */
  repeat: z.boolean().default(true),
});
export type RunRequest = z.output<typeof RunRequest>;

/** Null when nothing is narrowed. */
export function narrowingOf(options: RunRequest): Narrowing | null {
  const { case: cases, tag: tags, shard = null, text: words } = options;
  if (cases.length === 0 && tags.length === 0 && shard === null && words === undefined) return null;
  const narrowed = { cases: [...cases].sort(), tags: [...tags].sort(), shard };
  return words === undefined ? narrowed : { ...narrowed, words };
}
