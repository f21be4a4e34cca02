import type { Budget } from "../domain/config.ts";
import type { DriftNight } from "../domain/drift.ts";
import type { Client } from "../domain/provider.ts";
import type { RunPace } from "../domain/report.ts";
import type { RunHeader } from "../domain/run.ts";
import type { Tally } from "../metrics/tally.ts";
import type { Store, StoredRun } from "../store/store.ts";
import type { BatchSettings, BatchStore } from "./batch-session.ts";
import type { Spending } from "./budget-guard.ts";
import type { CallHooks } from "./call-hooks.ts";
import type { RunControl, StopRule, TrialEvent } from "./engine-job.ts";
import type { JudgeDependencies } from "./judge-pool.ts";
import type { JudgedStore } from "./judge-session.ts";
import type { RemoteTrials } from "./remote-trials.ts";
import type { WorkOrder } from "./work-order.ts";

export interface RunSettings {
  readonly concurrency: number;
  readonly budget: Budget | null;
  readonly useCache: boolean;
  /** Ids of answers not to take from the cache: those of the baseline, which must not be compared with themselves. */
  readonly notFromCache?: (() => Promise<ReadonlySet<number>>) | undefined;
  /** The run to resume; null starts a new one. */
  readonly resume: StoredRun | null;
  /** Stopping rule with its seeded order; null asks everything. */
  readonly early: EarlyStop | null;
  /** See `repeated_options` of `RunHeader`; absent for a run that no command goes on with. */
  readonly options?: readonly string[] | undefined;
  /** Whether nothing is asked, even if trials are missing, because the run was merged from shards. */
  readonly asksNothing?: boolean | undefined;
  /** Asks only the trials of this order; default all trials of the plan. */
  readonly order?: WorkOrder | undefined;
  /** Counts the trials of `order`; default a tally of all cases of the plan. */
  readonly tally?: Tally | undefined;
  /** For a run of canaries: the id of the run to which the canaries belong. */
  readonly canaryOf?: string | undefined;
  /** Asks only errored trials again; only for a resumed run. */
  readonly only?: "errored" | undefined;
  /** Set for a run of a drift series. */
  readonly drift?: DriftNight | undefined;
  /** Set for a run asked in batches; absent for single calls. */
  readonly batch?: BatchSettings | undefined;
  /** For a run of variants: the id of the run to whose trials the variants belong. */
  readonly pressureOf?: string | undefined;
  /** Names of the judges that are calibrated: only they may name the class of a failure. */
  readonly believed?: ReadonlySet<string> | undefined;
}

/** A stopping rule that receives the outcome of every trial, including the trials of earlier sessions. */
export interface EarlyStop {
  readonly stop: StopRule;
  /** Case numbers in the order of asking. */
  readonly order: ArrayLike<number>;
  /** Receives an outcome. `pass` is null for an errored trial; a score is null when it is missing. */
  readonly note: (trial: {
    case_no: number;
    trial: number;
    pass: boolean | null;
    scores: readonly (number | null)[];
  }) => void;
}

/** The part of a store that a run needs while it is in progress. */
export type EngineStore = JudgedStore &
  Pick<Store, "create" | "resume" | "scan" | "transcript" | "cached" | "unscoredSpending"> &
  Partial<BatchStore>;

/** What a run needs from outside, besides its plan. */
export interface RunWorld {
  readonly store: EngineStore;
  /** The trials that workers ask; absent when this process asks them itself. */
  readonly remote?: RemoteTrials | undefined;
  /** Wraps the target's client in retries, deadline, limits and recording. */
  readonly wrap: (client: Client, hooks: CallHooks) => Client;
  /** Gives the wrapped client of the simulated user's model; absent when there is none. */
  readonly wrapPerson?: ((hooks: CallHooks) => Client) | undefined;
  /** Starts measuring the target's pace; absent when nothing is asked. */
  readonly watchPace?: (() => () => RunPace) | undefined;
  /**
   * What judges and batches need from outside, besides the network; only used by a plan with judges or batches.
   */
  readonly judging?: JudgeDependencies | undefined;
  readonly control: RunControl;
  readonly onStart: (header: RunHeader, done: number, tally: Tally) => void;
  /**
   * Awaited before the first trial, after the run is stored.
   *
   * @param spent by earlier sessions of this run
   * @returns further spending that counts against the run's budget
   */
  readonly before?: ((header: RunHeader, spent: Spending) => Promise<Spending>) | undefined;
  readonly onTrial: (event: TrialEvent) => void;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** The current time in ISO 8601, UTC. */
  readonly today: () => string;
  /** Eight random hexadecimal digits. */
  readonly newId: () => string;
  readonly commit: string | null;
  readonly branch: string | null;
  readonly dirty: boolean | null;
}
