import type { DeclaredChange } from "../domain/prompt-change.ts";
import type { CanaryResult } from "../domain/report.ts";
import type { Metrics, RunHeader } from "../domain/run.ts";
import type { Gate } from "../domain/suite.ts";
import type { Tally } from "../metrics/tally.ts";
import type { BehindBase } from "./behind-base.ts";
import type { SequentialLook } from "./sequential-stop.ts";
import type { Side } from "./side.ts";

/** The input of the gate when a run has ended. */
export interface GateInput {
  readonly gate: Gate;
  readonly header: RunHeader;
  readonly tally: Tally;
  readonly metrics: Metrics;
  /** Number of errored and skipped trials of a case; trials that were not needed are not missing. */
  readonly missing: (caseNo: number) => number;
  /** Number of all trials of a case without an answer, including those that were not needed. */
  readonly left: (caseNo: number) => number;
  readonly totalMissing: number;
  readonly casesOf: (selector: string) => Iterable<{ readonly case_no: number; readonly id: string }>;
  readonly idOf: (caseNo: number) => string;
  /** The side of the baseline; null when the suite has no baseline. */
  readonly baseline: Side | null;
  /**
   * The regression that the change itself accepts: fingerprints of the baseline and of the run, and the reason.
   */
  readonly accepted: { readonly from: string; readonly to: string; readonly why: string } | null;
  /** The state of the branch when its base branch has a newer baseline; null when the branch is not behind. */
  readonly behind?: BehindBase | null;
  /** Whether the run's answers come from a recording. */
  readonly recorded?: boolean;
  /** Builds the candidate side from a tally. */
  readonly candidate: (tally: Tally) => Side;
  /** The last look of a sequential test; null when all trials were asked at once. */
  readonly look: SequentialLook | null;
  /** The result of the canaries; null when no canaries were asked. */
  readonly canary: CanaryResult | null;
  /** The declared version bump of the prompt since the baseline; null when there is none. */
  readonly declared: DeclaredChange | null;
}
