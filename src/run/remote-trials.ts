import type { Client } from "../domain/provider.ts";
import type { RunPace } from "../domain/report.ts";
import type { LostReply } from "../store/store.ts";
import type { EngineEnd, StopRule } from "./engine.ts";
import type { Scoring } from "./score-trial.ts";

/** Trials that workers on other machines ask and score. */
export interface RemoteTrials {
  /** Its reply is that of a whole trial, once a worker has finished it. */
  readonly client: Client;
  scored(caseNo: number, trial: number): Scoring | undefined;
  halted(): EngineEnd | undefined;
  /** The verdict is settled, so no more trials are needed. */
  decided(): void;
  /** Collects the calls and costs besides the answers, when no more will come. */
  settle(keepLost: (reply: LostReply) => void): Promise<RemoteSums>;
}

/** Totals of the workers for a run. */
export interface RemoteSums {
  /** Of this session. */
  readonly calls: number;
  readonly judge_calls: number;
  /** Of the whole run. */
  readonly uncertain: number;
  readonly pace: RunPace;
}

/** The same rule, whose decision is sent to the workers, so that they stop asking. */
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
