import type { RunCounts } from "../domain/run.ts";
import type { Tally } from "../metrics/tally.ts";

/**
 * Number of trials by outcome. Trials that were neither answered nor errored count as not needed after an early
 * stop, else as skipped.
 */
export function countTrials(
  run: { readonly cases: number; readonly planned: number; readonly calls: number },
  tally: Tally,
  stoppedEarly: boolean,
): RunCounts {
  const left = run.planned - tally.totalAnswered - tally.totalErrored;
  return {
    cases: run.cases,
    trials: run.planned,
    answered: tally.totalAnswered,
    errored: tally.totalErrored,
    skipped: stoppedEarly ? 0 : left,
    not_needed: stoppedEarly ? left : 0,
    calls: run.calls,
    cached: tally.totalCached,
    cut: tally.totalCut,
  };
}
