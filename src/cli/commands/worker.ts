import { parseAge } from "../../domain/duration.ts";
import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { type NumberOption, readNumber, wholeNumber } from "../../operations/options/read-number.ts";
import { runWorker } from "../../operations/run-worker.ts";
import { plural } from "../../reports/format-numbers.ts";
import type { WorkerCall } from "../declarations/worker.ts";
import { drainSignals } from "../stop-signals.ts";
import { keepHeapSmall, keepYoungSmall } from "../v8-flags.ts";

const HEALTH: NumberOption = {
  option: "--health",
  ...wholeNumber(1, 65_535),
  why: "--health is the port of 127.0.0.1 on which the worker reports its health.",
  fix: "--health 8080",
};

const CONCURRENCY: NumberOption = {
  option: "--concurrency",
  ...wholeNumber(1, 10_000),
  why: "--concurrency is the maximum number of calls in flight at once.",
  fix: "--concurrency 32",
};

/**
 * `evals worker`: works on runs from the database until it is stopped, or until it had no work for the time of
 * `--idle`.
 */
export async function workerCommand({ io, options, args: [address] }: WorkerCall): Promise<number> {
  const { directory, model: models = [] } = options;
  const concurrency = readNumber(options.concurrency, CONCURRENCY);
  const idle_ms = readIdle(options.idle);
  const health_port = readNumber(options.health, HEALTH);
  keepHeapSmall();
  keepYoungSmall();
  const control = drainSignals(io);
  try {
    const input = { address, directory, models, concurrency, idle_ms, health_port };
    const { blocks, trials } = await runWorker(io, input, control);
    io.stderr(`Worked on ${plural(trials, "trial")} in ${plural(blocks, "block")}.\n`);
    return EXIT.ok;
  } finally {
    control.close();
  }
}

/** The time of `--idle` in milliseconds; undefined without this option. @throws {EvalsError} EVALS_OPTION_INVALID */
function readIdle(text: string | undefined): number | undefined {
  const idle = text === undefined ? undefined : parseAge(text);
  if (text === undefined || idle !== undefined) return idle;
  throw new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `--idle ${JSON.stringify(text)} is not a time such as 60s or 10m.`,
    why: "--idle is the time without work after which the worker ends.",
    fix: "--idle 60s",
  });
}
