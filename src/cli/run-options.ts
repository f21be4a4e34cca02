import * as z from "zod";
import { EvalsError } from "../domain/problem.ts";
import { readRequest } from "../operations/running/read-request.ts";
import { RunRequest } from "../operations/running/run-request.ts";

/** Schema of the options of `evals run`. */
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
/** The options of `evals run` as commander returns them. */
export type TypedRunOptions = z.input<typeof RunOptions>;

/** @throws {EvalsError} EVALS_OPTION_INVALID, EVALS_OPTION_CONFLICT */
export function readRunOptions(typed: TypedRunOptions): RunOptions {
  const options = readRequest(RunOptions, typed);
  refuseEndless(options);
  return options;
}

/**
 * Rejects options that keep the command running, such as --watch, together with options for one result, such as
 * --json.
 *
 * @throws {EvalsError} EVALS_OPTION_CONFLICT
 */
function refuseEndless({ watch, open, json, dryRun, at, batch, run }: RunOptions): void {
  const endless = watch ? "--watch" : open ? "--open" : undefined;
  const other = json
    ? "--json"
    : dryRun
      ? "--dry-run"
      : watch && batch
        ? "--batch"
        : watch && at !== undefined
          ? "--at"
          : watch && run !== undefined
            ? "--run"
            : undefined;
  if (endless === undefined || other === undefined) return;
  throw new EvalsError({
    code: "EVALS_OPTION_CONFLICT",
    what: `${endless} and ${other} exclude each other.`,
    why:
      other === "--at"
        ? "Files of a commit do not change."
        : other === "--batch"
          ? "A batch is answered within a day, and every change of a file would send another batch."
          : other === "--run"
            ? "A run cannot be continued after its files have changed."
            : `${endless} runs until it is stopped, but ${other} ends with one result.`,
    fix: "Leave one of them out.",
  });
}
