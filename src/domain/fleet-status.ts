/** A plan in the listing of `evals queue status`. */
export interface PlanStatus {
  readonly run: string;
  readonly suite: string;
  readonly alias: string;
  readonly commit: string;
  readonly state: "open" | "halted" | "ended";
  /**
   * Why the plan is halted; null if it is not halted, if its planner was stopped, or if its verdict is already decided.
   */
  readonly reason: string | null;
  readonly blocks: {
    readonly waiting: number;
    readonly leased: number;
    readonly done: number;
    /** Blocks that are given to no worker any more, because too many workers died while working on them. */
    readonly dead: number;
  };
  readonly trials: { readonly all: number; readonly done: number };
  readonly calls: { readonly open: number; readonly uncertain: number; readonly usd: number | null };
}

/** A worker that was active within the last minute. */
export interface WorkerStatus {
  readonly name: string;
  readonly version: string;
  readonly blocks: number;
  /** Seconds since the worker was last active. */
  readonly seen_s: number;
}
