import type { Metrics, RunCounts, RunHeader, RunStatus } from "../domain/run.ts";
import type { GateResult } from "../domain/verdict.ts";
import type { FlakyCase, SuiteStability } from "./stability.ts";

/** A past run, with the results of its report; a result that the report lacks is null or empty. */
export interface HistoryRun {
  readonly header: RunHeader;
  readonly status: RunStatus;
  /** ISO 8601, UTC; null for a run that has not ended. */
  readonly ended_at: string | null;
  /** Number of requests sent in all sessions of the run. */
  readonly calls: number;
  readonly counts: RunCounts | null;
  readonly metrics: Metrics;
  readonly gate: Pick<GateResult, "outcome" | "verdict"> | null;
}

/** How stable a suite's newest fingerprint is over its complete runs. */
export interface FingerprintStability {
  readonly fingerprint: string;
  /** Ids of the complete runs, oldest first. */
  readonly runs: readonly string[];
  readonly stability: SuiteStability;
  /** The flaky cases, flakiest first. */
  readonly flaky: readonly FlakyCase[];
  /** Number of cases with two answers or more; the flakiness of all other cases is unknown. */
  readonly measured: number;
  readonly cases: number;
}

/** Past runs, newest first. */
export interface RunHistory {
  /** The suite of these runs; null for all suites. */
  readonly suite: string | null;
  readonly runs: readonly HistoryRun[];
  /** Null for all suites, and before a suite's first complete run. */
  readonly stability: FingerprintStability | null;
}
