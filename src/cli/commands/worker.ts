import { parseAge } from "../../domain/duration.ts";
import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { runWorker } from "../../operations/run-worker.ts";
import { plural } from "../../reports/format-numbers.ts";
import type { Io } from "../io.ts";
import { keepYoungSmall } from "../small-heap.ts";

/** Options of `evals worker`, as typed. */
export interface WorkerOptions {
  readonly address: string;
  readonly model?: readonly string[] | undefined;
  readonly concurrency?: string | undefined;
  readonly idle?: string | undefined;
  readonly directory?: string | undefined;
}

/** `evals worker`: works until it is stopped, or has had nothing to do for long enough. */
export async function workerCommand(options: WorkerOptions, io: Io): Promise<number> {
  const concurrency = options.concurrency === undefined ? undefined : Number(options.concurrency);
  if (
    concurrency !== undefined &&
    !(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 10_000)
  )
    throw invalid("concurrency", "a whole number from 1 to 10000");
  const idle_ms = options.idle === undefined ? undefined : parseAge(options.idle);
  if (options.idle !== undefined && idle_ms === undefined) throw invalid("idle", "a time: 60s, 10m");
  keepYoungSmall();
  const control = drainSignals(io);
  try {
    const { blocks, trials } = await runWorker(
      io,
      {
        address: options.address,
        directory: options.directory,
        models: options.model ?? [],
        concurrency,
        idle_ms,
      },
      control,
    );
    io.stderr(`Worked on ${plural(trials, "trial")} in ${plural(blocks, "block")}.\n`);
    return EXIT.ok;
  } finally {
    control.close();
  }
}

/** The first signal ends the work with the calls in flight; a second one cuts them. */
function drainSignals(io: Io) {
  const stop = new AbortController();
  const cut = new AbortController();
  const close = io.onSignal(() => {
    if (stop.signal.aborted) {
      cut.abort();
      return;
    }
    io.stderr("Stopping: nothing new is taken; calls in flight end. A second signal cuts them.\n");
    stop.abort();
  });
  return { stopping: () => stop.signal.aborted, stopped: stop.signal, signal: cut.signal, close };
}

function invalid(name: string, expected: string): EvalsError {
  return new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `--${name} is not ${expected}.`,
    why: "An option that is read wrong would run something else than was meant.",
    fix: `Give ${expected}; see evals worker --help`,
  });
}
