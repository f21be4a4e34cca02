import { pullRun } from "../../operations/pull-run.ts";
import type { PullCall } from "../declarations/pull.ts";
import { printResult } from "../print-result.ts";

/** `evals pull`: copies a run that workers have finished from their database into the local store. */
export async function pullCommand({ io, options, args: [id] }: PullCall): Promise<number> {
  const { run, suite, trials, wasHere } = await pullRun(io, {
    directory: options.directory,
    run: id,
    address: options.workers,
  });
  return printResult(io, options, {
    document: (exit) => ({ schema: "evals.pull/1", exit, run, suite, trials, was_here: wasHere }),
    text: () =>
      wasHere
        ? `Run ${run} of ${suite} is already in this machine's history.\n`
        : `Run ${run} of ${suite} was copied into this machine's history, with ${trials} trials: evals show ${run}\n`,
  });
}
