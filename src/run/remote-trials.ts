import type { Client } from "../domain/provider.ts";
import type { RunPace } from "../domain/report.ts";
import type { LostReply } from "../store/store.ts";
import type { EngineEnd, StopRule } from "./engine-job.ts";
import type { Scoring } from "./score-trial.ts";

/** Trials that workers on other machines run and score. */
export interface RemoteTrials {
  /**
   * A client whose reply is the answer of a whole trial. The reply comes when a worker has finished the trial.
   */
  readonly client: Client;
  /** The scores that the worker gave the trial's answer; undefined when the worker did not score it. */
  scored(caseNo: number, trial: number): Scoring | undefined;
  /** Why the workers' plan was halted; undefined if it was not, or only because the verdict is settled. */
  halted(): EngineEnd | undefined;
  /** Tells the workers that the verdict is settled, so that no more trials are needed. */
  decided(): void;
  /** Adds up the workers' calls, and passes on their lost replies. Called when no more trials will come. */
  settle(keepLost: (reply: LostReply) => void): Promise<RemoteSums>;
}

/** Totals of the workers for a run. */
export interface RemoteSums {
  /** Number of calls to the target in this session. */
  readonly calls: number;
  /** Number of calls to judges in this session. */
  readonly judge_calls: number;
  /** Number of calls in the whole run whose answers were lost with their workers. */
  readonly uncertain: number;
  readonly pace: RunPace;
}

/** A stop rule whose decision is also sent to the workers, so that they stop asking. */
export function sharedWith(remote: RemoteTrials, stop: StopRule): StopRule {
  return {
    ...stop,
    decide: (look) => {
      const isDecided = stop.decide(look);
      if (isDecided) remote.decided();
      return isDecided;
    },
  };
}
