import { EXIT } from "../../domain/exit-code.ts";
import { dropQueuedRun, queueStatus } from "../../operations/queue-status.ts";
import { documentText } from "../../reports/json/documents.ts";
import { queueStatusText } from "../../reports/terminal/queue.ts";
import type { Io } from "../io.ts";

interface QueueOptions {
  readonly address: string;
  readonly json?: boolean | undefined;
  readonly directory?: string | undefined;
}

/** `evals queue status`: how far the runs of workers are. */
export async function queueStatusCommand(options: QueueOptions, io: Io): Promise<number> {
  const status = await queueStatus(io, options);
  io.stdout(
    options.json === true
      ? documentText({ schema: "evals.queue/1", exit: EXIT.ok, ...status })
      : queueStatusText(status),
  );
  return EXIT.ok;
}

/** `evals queue drop`: one run less in the database. */
export async function queueDropCommand(
  options: QueueOptions & { readonly run: string },
  io: Io,
): Promise<number> {
  const run = await dropQueuedRun(io, options);
  io.stdout(`Run ${run} is no longer in the database.\n`);
  return EXIT.ok;
}
