import { EXIT } from "../../domain/exit-code.ts";
import { pullRun } from "../../operations/pull-run.ts";
import { documentText } from "../../reports/json/documents.ts";
import type { Io } from "../io.ts";

/** Options of `evals pull`, as typed. */
export interface PullOptions {
  readonly run: string;
  readonly workers: string;
  readonly json?: boolean | undefined;
  readonly directory?: string | undefined;
}

/** `evals pull`: a run that workers have asked, brought into the history here. */
export async function pullCommand(options: PullOptions, io: Io): Promise<number> {
  const { run, suite, trials, wasHere } = await pullRun(io, { ...options, address: options.workers });
  if (options.json === true)
    io.stdout(documentText({ schema: "evals.pull/1", exit: EXIT.ok, run, suite, trials, was_here: wasHere }));
  else if (wasHere) io.stdout(`Run ${run} of ${suite} is here already.\n`);
  else io.stdout(`Run ${run} of ${suite} is here now, with ${trials} trials: evals show ${run}\n`);
  return EXIT.ok;
}
