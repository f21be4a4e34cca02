import { EXIT } from "../../domain/exit-code.ts";
import { pullRun } from "../../operations/pull-run.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";

/** Options of `evals pull`, as typed. */
export interface PullOptions extends CommandOptions {
  readonly run: string;
  readonly workers: string;
}

/** `evals pull`: copies a run asked by workers into the local store. */
export async function pullCommand(options: PullOptions, io: Io): Promise<number> {
  const { run, suite, trials, wasHere } = await pullRun(io, { ...options, address: options.workers });
  printResult(io, options, {
    document: () => ({ schema: "evals.pull/1", exit: EXIT.ok, run, suite, trials, was_here: wasHere }),
    text: () =>
      wasHere
        ? `Run ${run} of ${suite} is here already.\n`
        : `Run ${run} of ${suite} is here now, with ${trials} trials: evals show ${run}\n`,
  });
  return EXIT.ok;
}
