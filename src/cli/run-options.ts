import * as z from "zod";
import { ONCE } from "../domain/parse-once.ts";
import { EvalsError } from "../domain/problem.ts";
import { refuseConflicts } from "../operations/running/conflicting-options.ts";
import { RunRequest } from "../operations/running/run-request.ts";

/** Options of `evals run`, parsed. */
export const RunOptions = RunRequest.extend({
  // Commander passes true for an option without its optional value.
  failing: z.union([z.string(), z.literal(true).transform(() => "")]).optional(),
  dryRun: z.boolean().default(false),
  watch: z.boolean().default(false),
  open: z.boolean().default(false),
  reporter: z.array(z.string()).default([]),
  json: z.boolean().default(false),
  quiet: z.boolean().default(false),
  color: z.boolean().default(true),
});
export type RunOptions = z.output<typeof RunOptions>;
/** The options as typed. */
export type TypedRunOptions = z.input<typeof RunOptions>;

const EXPECTED: Readonly<Record<string, string>> = {
  trials: "a whole number from 1 to 1000",
  shard: "i/n with 1 ≤ i ≤ n, for instance 2/5",
  concurrency: "a whole number from 1 to 10000",
  text: "one word or more",
  retry: "errored",
  budget: "an amount in US dollars above 0, for instance 0.50",
};

/** @throws {EvalsError} EVALS_OPTION_INVALID with every option that cannot be read */
export function readRunOptions(raw: TypedRunOptions): RunOptions {
  const parsed = RunOptions.safeParse(raw, ONCE);
  if (!parsed.success) {
    const names = new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? "")));
    throw new EvalsError(
      Array.from(names, (name) => {
        return {
          code: "EVALS_OPTION_INVALID",
          what: `--${name} is not ${EXPECTED[name] ?? "valid"}.`,
          why: "An option that is read wrong would run something else than was meant.",
          fix: `Give ${EXPECTED[name] ?? "another value"}; see evals run --help`,
        };
      }),
    );
  }
  refuseConflicts(parsed.data);
  refuseEndless(parsed.data);
  return parsed.data;
}

/** @throws {EvalsError} EVALS_OPTION_CONFLICT for options of an endless command together with options for a single document */
function refuseEndless({ watch, open, json, dryRun, at, batch }: RunOptions): void {
  const endless = watch ? "--watch" : open ? "--open" : undefined;
  const other = json
    ? "--json"
    : dryRun
      ? "--dry-run"
      : watch && batch
        ? "--batch"
        : watch && at !== undefined
          ? "--at"
          : undefined;
  if (endless === undefined || other === undefined) return;
  throw new EvalsError({
    code: "EVALS_OPTION_CONFLICT",
    what: `${endless} and ${other} exclude each other.`,
    why:
      other === "--at"
        ? "Files of a commit do not change."
        : other === "--batch"
          ? "A batch is answered within a day, and every change of a file would send another."
          : `${endless} goes on until it is stopped, ${other} ends with one answer.`,
    fix: "Leave one of them out.",
  });
}
