import type { DeclaredChange } from "../domain/prompt-change.ts";
import type { CanaryResult } from "../domain/report.ts";
import type { Metrics, RunHeader } from "../domain/run.ts";
import type { Gate } from "../domain/suite.ts";
import type { Tally } from "../metrics/tally.ts";
import type { BehindBase } from "./behind-base.ts";
import type { SequentialLook } from "./sequential-stop.ts";
import type { Side } from "./side.ts";

/** What a gate looks at when a run has ended. */
export interface GateInput {
  readonly gate: Gate;
  readonly header: RunHeader;
  readonly tally: Tally;
  readonly metrics: Metrics;
  /** Errored and skipped trials of a case; trials that were not needed are not missing. */
  readonly missing: (caseNo: number) => number;
  /** All trials of a case without an answer, those that were not needed among them. */
  readonly left: (caseNo: number) => number;
  readonly totalMissing: number;
  readonly casesOf: (selector: string) => Iterable<{ readonly case_no: number; readonly id: string }>;
  readonly idOf: (caseNo: number) => string;
  /** Null when there is nothing to compare with. */
  readonly baseline: Side | null;
  /** The regression that the change itself accepts: from this baseline, to this run. */
  readonly accepted: { readonly from: string; readonly to: string; readonly why: string } | null;
  /** The base branch has got another baseline since the change left it; null where it has not. */
  readonly behind?: BehindBase | null;
  /** The run's answers come from a recording. */
  readonly recorded?: boolean;
  /** The run as a side, from a tally. */
  readonly candidate: (tally: Tally) => Side;
  /** The last look of a sequential test; null when all trials were asked at once. */
  readonly look: SequentialLook | null;
  /** It let the run stop before all trials were asked. */
  readonly stopped: boolean;
  /** Null when none was asked. */
  readonly canary: CanaryResult | null;
  /** The prompt's version against the baseline's; null when no bump is declared between them. */
  readonly declared: DeclaredChange | null;
}
