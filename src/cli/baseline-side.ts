import type { Arm } from "../baselines/arm.ts";
import { EvalsError } from "../domain/problem.ts";
import type { Store, StoredRun } from "../store/store.ts";
import { findRun } from "./find-run.ts";
import { storedArm } from "./stored-arm.ts";

/** What a run is compared with, or why with nothing. */
export interface BaselineSide {
  readonly arm: Arm | null;
  /** The stored run that the arm is; null for a file or for none. */
  readonly run: StoredRun | null;
  /** A sentence for the report; null when there is nothing to add. */
  readonly note: string | null;
}

/**
 * The side that `--baseline` names.
 * @throws {EvalsError} when it names no run, or one of another suite
 */
export function baselineSide(store: Store, suite: string, option: string | undefined): BaselineSide {
  if (option === "none") return { arm: null, run: null, note: null };
  if (option === undefined) {
    return {
      arm: null,
      run: null,
      note: "No baseline to compare with yet: the gate looked at the requirements only.",
    };
  }
  const run = findRun(store, option);
  if (run.header.suite !== suite) {
    throw new EvalsError({
      code: "EVALS_BASELINE_OTHER_SUITE",
      what: `Run ${run.header.id} is of suite "${run.header.suite}", not of "${suite}".`,
      why: "A baseline is compared case by case with a run of the same suite.",
      fix: `evals history ${suite} lists its runs`,
    });
  }
  return { arm: storedArm(store, run), run, note: null };
}
