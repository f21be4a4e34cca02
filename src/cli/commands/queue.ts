import { EXIT } from "../../domain/exit-code.ts";
import { dropQueuedRun, queueStatus } from "../../operations/queue-status.ts";
import { queueStatusText } from "../../reports/terminal/queue.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";

interface QueueOptions extends CommandOptions {
  readonly address: string;
}

/** `evals queue status`: the progress of the workers' runs. */
export async function queueStatusCommand(options: QueueOptions, io: Io): Promise<number> {
  const status = await queueStatus(io, options);
  printResult(io, options, {
    document: () => ({ schema: "evals.queue/1", exit: EXIT.ok, ...status }),
    text: () => queueStatusText(status),
  });
  return EXIT.ok;
}

/** `evals queue drop`: deletes a run from the database. */
export async function queueDropCommand(
  options: QueueOptions & { readonly run: string },
  io: Io,
): Promise<number> {
  const run = await dropQueuedRun(io, options);
  io.stdout(`Run ${run} is no longer in the database.\n`);
  return EXIT.ok;
}
