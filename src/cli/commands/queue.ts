import { EXIT } from "../../domain/exit-code.ts";
import { dropQueuedRun, queueStatus } from "../../operations/queue-status.ts";
import { queueStatusText } from "../../reports/terminal/queue.ts";
import type { QueueDropCall, QueueStatusCall } from "../declarations/queue.ts";
import { printResult } from "../print-result.ts";

/** `evals queue status`: shows how far the workers have come with each run. */
export async function queueStatusCommand({ io, options, args: [address] }: QueueStatusCall): Promise<number> {
  const status = await queueStatus(io, { directory: options.directory, address });
  return printResult(io, options, {
    document: (exit) => ({ schema: "evals.queue/1", exit, ...status }),
    text: () => queueStatusText(status),
  });
}

/** `evals queue drop`: deletes a run of workers from their database. */
export async function queueDropCommand({
  io,
  options,
  args: [address, word],
}: QueueDropCall): Promise<number> {
  const run = await dropQueuedRun(io, { directory: options.directory, address, run: word });
  io.stdout(`Run ${run} is no longer in the database.\n`);
  return EXIT.ok;
}
