import { shellWord } from "../../domain/shell-word.ts";
import type { RunRequest } from "./run-request.ts";
import { isMatrix } from "./target-matrix.ts";

/**
 * The options of a request that a command which goes on with the run has to repeat, each as it is typed: those that
 * limit what it asks and spends, and those that change how it goes on. What the run's plan holds (suite, model, prompt,
 * trials, cases) is left out, because a run that is resumed by its id keeps its plan.
 *
 * @param at the commit that is run, as it is typed; undefined for the work tree
 */
export function repeatedOptions(request: RunRequest, at: string | undefined): string[] {
  const { budget, concurrency, baseline, workers } = request;
  return [
    ...(at === undefined ? [] : [`--at ${shellWord(at)}`]),
    ...(budget === undefined ? [] : [`--budget ${budget}`]),
    ...(concurrency === undefined ? [] : [`--concurrency ${concurrency}`]),
    ...(baseline === undefined ? [] : [`--baseline ${shellWord(baseline)}`]),
    ...(request.allTrials || isMatrix(request) ? ["--all-trials"] : []),
    ...(request.cache ? [] : ["--no-cache"]),
    ...(request.record ? ["--record"] : []),
    ...(request.batchThenLive ? ["--batch-then-live"] : []),
    ...(workers === undefined ? [] : [`--workers ${workersWord(workers)}`]),
    ...(request.repeat ? [] : ["--no-repeat"]),
  ];
}

/** The address of the workers' database, unless it may contain a password: then a placeholder for it. */
const workersWord = (address: string): string =>
  address.startsWith("env:") ? shellWord(address) : "<postgres>";
