import type { RunReport } from "../domain/report.ts";
import type { RunHeader } from "../domain/run.ts";
import type { RunControl, TrialEvent } from "../run/engine-job.ts";
import type { Plan } from "../run/plan.ts";

/**
 * Receives the progress of runs. All methods are called synchronously: first `planned` and `began`, then for each run
 * `started` to `ended`, and at last `over`. Not every command calls all of them: a merge has no `planned`.
 */
export interface RunWatcher {
  /** Called when every run is planned without mistakes. */
  planned(plans: readonly Plan[]): void;
  /** Called when the store is open: from now on models are called, which can cost money. */
  began(): void;
  /**
   * Called when a run starts or is resumed.
   *
   * @param done number of trials answered by an earlier session
   */
  started(header: RunHeader, done: number): void;
  /** Called when a trial has ended. There may be millions of trials, so it must be fast. */
  trial(event: TrialEvent, plan: Plan): void;
  /** Called when a request is retried. */
  retried(): void;
  /**
   * Called before the variants of a run's passing trials are asked.
   *
   * @param header header of the run that contains the variants
   * @param done number of variants answered by an earlier session
   */
  pressed(header: RunHeader, done: number): void;
  /** Called when a variant has ended. It must be fast, like `trial`. */
  variant(event: TrialEvent): void;
  /** Called when all answers of a run have arrived; its report is not ready yet. */
  answered(): void;
  ended(report: RunReport): void;
  /** Called when all runs have ended, or when a run was stopped and the remaining runs will not be started. */
  over(reports: readonly RunReport[]): void;
}

/** Callbacks and cancellation of runs. */
export interface RunHooks {
  readonly control: RunControl;
  readonly watcher: RunWatcher;
}
