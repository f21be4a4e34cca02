import type { RunReport } from "../domain/report.ts";
import type { RunHeader } from "../domain/run.ts";
import type { RunControl, TrialEvent } from "../run/engine.ts";
import type { Plan } from "../run/plan.ts";

/** Receives the progress of runs. The methods are called in this order, synchronously. */
export interface RunWatcher {
  /** Every run is planned without mistakes. */
  planned(plans: readonly Plan[]): void;
  /** Called when the store is open: from now on models are called, which can cost money. */
  began(): void;
  /**
   * One run starts or is resumed.
   *
   * @param done number of trials answered by an earlier session
   */
  started(header: RunHeader, done: number): void;
  /** Called for each trial, so it must be fast. */
  trial(event: TrialEvent, plan: Plan): void;
  /** A request is retried. */
  retried(): void;
  /**
   * Variants of its passing trials are asked now.
   *
   * @param header of the run with the variants
   * @param done number of variants answered by an earlier session
   */
  pressed(header: RunHeader, done: number): void;
  /** Called for each variant, so it must be fast. */
  variant(event: TrialEvent): void;
  /** All answers of a run have arrived; its report is not ready yet. */
  answered(): void;
  ended(report: RunReport): void;
  /** All runs have ended, or the rest will not be run. */
  over(reports: readonly RunReport[]): void;
}

/** Callbacks and cancellation of runs. */
export interface RunHooks {
  readonly control: RunControl;
  readonly watcher: RunWatcher;
}
