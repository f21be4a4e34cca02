import type { Client } from "../domain/provider.ts";
import type { RunPace } from "../domain/report.ts";
import type { LostReply } from "../store/store.ts";
import type { EngineEnd, StopRule } from "./engine.ts";
import type { Scoring } from "./score-trial.ts";

/** Trials that workers elsewhere ask and score. */
export interface RemoteTrials {
  /** Its reply is a whole trial's, once a worker has brought it. */
  readonly client: Client;
  scored(caseNo: number, trial: number): Scoring | undefined;
  halted(): EngineEnd | undefined;
  /** The verdict is settled: no more are needed. */
  decided(): void;
  /** What was sent and paid beside the answers, when no more of them will come. */
  settle(keepLost: (reply: LostReply) => void): Promise<RemoteSums>;
}

/** What workers did for a run. */
export interface RemoteSums {
  /** Of this session. */
  readonly calls: number;
  readonly judge_calls: number;
  /** Of the whole run. */
  readonly uncertain: number;
  readonly pace: RunPace;
}

/** The same rule; its decision reaches the workers, so that they ask no more. */
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
