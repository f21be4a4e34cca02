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
  run: z.string().optional(),
});
export type RunRequest = z.output<typeof RunRequest>;

/** Null when nothing is narrowed. */
export function narrowingOf(options: RunRequest): Narrowing | null {
  if (options.case.length === 0 && options.tag.length === 0 && options.shard === undefined) return null;
  return { cases: [...options.case].sort(), tags: [...options.tag].sort(), shard: options.shard ?? null };
}
