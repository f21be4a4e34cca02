import type { RunReport } from "../domain/report.ts";
import type { RunHeader } from "../domain/run.ts";
import type { RunControl, TrialEvent } from "../run/engine.ts";
import type { Plan } from "../run/plan.ts";

/** Follows runs while they are under way. Its calls are made in this order, and nothing waits for what they do. */
export interface RunWatcher {
  /** Every run is planned; whatever was wrong with one of them has been thrown. */
  planned(plans: readonly Plan[]): void;
  /** The history is open: from here on answers are asked, and may be paid for. */
  began(): void;
  /**
   * One run starts, or goes on.
   * @param done trials that an earlier session has answered
   */
  started(header: RunHeader, done: number): void;
  /** Called for each trial, so it must be quick. */
  trial(event: TrialEvent, plan: Plan): void;
  /** A request is sent once more. */
  retried(): void;
  /**
   * Its passing trials are put under pressure now.
   * @param header of the run that holds the variants
   * @param done variants that an earlier session has answered
   */
  pressed(header: RunHeader, done: number): void;
  /** Called for each variant, so it must be quick. */
  variant(event: TrialEvent): void;
  /** The answers of a run are in; its report is not made yet. */
  answered(): void;
  ended(report: RunReport): void;
  /** All runs have ended, or the rest will not be run. */
  over(reports: readonly RunReport[]): void;
}

/** How runs are stopped and followed. */
export interface RunHooks {
  readonly control: RunControl;
  readonly watcher: RunWatcher;
}
