import type { PlanStatus, WorkerStatus } from "../domain/fleet-status.ts";
import type { Json } from "../domain/json.ts";
import type { RunPace } from "../domain/report.ts";
import type {
  Block,
  CallSums,
  ClosedCall,
  FleetPlan,
  LeasedBlock,
  LostCall,
  OpenedCall,
  PlanHalt,
  ReadTrial,
  TrialPlace,
  WorkedBlock,
} from "./fleet.ts";

/** A run whose trials are to be handed to workers. */
export interface NewPlan extends Omit<FleetPlan, "no" | "bounded"> {
  /** Version of evals. Only workers of the same version work on the run. */
  readonly program: string;
  readonly header: Json;
  readonly budget: { readonly usd?: number | undefined; readonly tokens?: number | undefined } | null;
}

/** A finished block, as the planner reads it. */
export interface DoneBlock {
  readonly no: number;
  readonly trials: readonly ReadTrial[];
  readonly judgements: string | null;
  readonly pace: RunPace | null;
}

/** The progress of a plan. */
export interface PlanProgress {
  readonly halt: PlanHalt | null;
  /** Numbers of the finished blocks that the planner has not read yet, ascending. */
  readonly done: readonly number[];
  /** Number of blocks that wait for a worker. */
  readonly waiting: number;
  /** Number of blocks with a valid lease. */
  readonly leased: number;
  /** Number of workers that were active recently and can work on this plan. */
  readonly workers: number;
  /**
   * Versions and models of all workers that were active recently; `models` is null for a worker that takes all
   * models.
   */
  readonly kinds: readonly { readonly program: string; readonly models: readonly string[] | null }[];
}

/** The planner's operations on the database. */
export interface PlanStore {
  /**
   * Records the plan, or resumes it. A process that opened the same plan earlier can no longer plan the run: its next
   * `publish`, `progress` or `end` throws EVALS_WORKERS_TAKEN_OVER.
   *
   * @returns the plan's number, and the trials that are in blocks already
   */
  open(plan: NewPlan): Promise<{ readonly no: string; readonly trials: readonly TrialPlace[] }>;
  /** Adds blocks to the queue. */
  publish(no: string, blocks: readonly (readonly TrialPlace[])[]): Promise<void>;
  /** The current progress. @param read numbers of the finished blocks that the planner has read already */
  progress(no: string, read: readonly number[]): Promise<PlanProgress>;
  read(no: string, blocks: readonly number[]): Promise<readonly DoneBlock[]>;
  /** Stops further work on the plan. A plan that is halted already keeps its first reason. */
  halt(no: string, why: PlanHalt): Promise<void>;
  /** Totals of the calls in those finished blocks for which `reported` was not called yet. */
  sums(no: string): Promise<CallSums>;
  /** Records that the planner has stored the totals of these blocks, so that later `sums` leave them out. */
  reported(no: string, blocks: readonly number[]): Promise<void>;
  /** Ends the run and stores its report. The report is null for a run that can be resumed. */
  end(no: string, status: string, report: Json | null): Promise<void>;
}

/** Duration of a block's lease in seconds; a worker that is silent for longer loses the block. */
export const LEASE_S = 6;

/**
 * After this many workers died while they worked on a block, its plan is halted, because the block probably killed the
 * workers.
 */
export const LOST_MOST = 5;

/** A worker that registers. */
export interface NewWorker {
  readonly name: string;
  readonly program: string;
  /** Aliases of the models that the worker can call; null for all. */
  readonly models: readonly string[] | null;
}

/** A worker's operations on the database. */
export interface WorkBench {
  /** @returns the worker's number */
  arrive(worker: NewWorker): Promise<string>;
  /** Plans with available blocks on which this worker can work, oldest first. */
  plans(worker: string): Promise<readonly FleetPlan[]>;
  /** Runs with available blocks that only workers of another version may work on. */
  foreign(worker: string): Promise<readonly { readonly run: string; readonly program: string }[]>;
  /**
   * Leases the next block of a plan: one whose worker is gone, or else the next in the queue. If `LOST_MOST` workers
   * died while they worked on the block, the plan is halted instead.
   */
  lease(plan: FleetPlan, worker: string): Promise<LeasedBlock | undefined>;
  /**
   * Renews the leases of the named blocks, on which the worker works. A block whose leasing the worker never learned of
   * (a lost reply) is not named, so its lease expires.
   *
   * @returns the plans that were halted, with the reason
   */
  beat(worker: string, blocks: readonly Pick<Block, "plan" | "no">[]): Promise<ReadonlyMap<string, PlanHalt>>;
  /** Stores a block's results and completes its job in one transaction. @returns false when another worker has the lease */
  finish(plan: FleetPlan, block: LeasedBlock, worker: string, worked: WorkedBlock): Promise<boolean>;
  halt(plan: string, why: PlanHalt): Promise<void>;
  leave(worker: string): Promise<void>;
}

/** Whether a call may be sent. `lost`: another worker has the block now. `budget`: the budget is used up. */
export type Leave = "go" | "lost" | "budget";

/** Records every call that may cost something, when it is sent and when it returns. */
export interface CallBook {
  /** Records a call before it is sent, and returns whether it may be sent. */
  opened(call: OpenedCall): Promise<Leave>;
  /**
   * Records the result of a call. Waits while the database is unavailable: when this function returns, the result is
   * stored.
   */
  closed(call: ClosedCall): Promise<void>;
  /**
   * The reply that a judge got earlier in the same plan (the run as it is planned for workers) to the same question,
   * whichever worker asked; undefined if there is none.
   */
  answered(plan: string, key: string): Promise<{ readonly id: string; readonly reply: string } | undefined>;
}

/** A model's rate limit, shared by all workers. */
export interface PaceLimits {
  readonly requests_per_minute?: number | undefined;
  readonly tokens_per_minute?: number | undefined;
}

/** Calls that were sent, or allowed to be sent, at one moment: `age_ms` milliseconds ago. */
export interface Departed {
  readonly age_ms: number;
  readonly requests: number;
  readonly tokens: number;
}

/**
 * Decides how many calls, with how many tokens in total, may be sent now. `wait_ms`: the time until more may be sent, in
 * milliseconds; 0 when all waiting calls may be sent.
 */
export type Decide = (before: readonly Departed[]) => {
  readonly requests: number;
  readonly tokens: number;
  readonly wait_ms: number;
};

/** Keeps rate limits for all workers together, by recording when calls were sent. */
export interface PaceBook {
  /**
   * Decides from earlier calls and records the new ones, under a lock against other workers. Uses the
   * database's clock.
   *
   * @param within_ms maximum age of the earlier calls that count, in milliseconds
   */
  lease(model: string, within_ms: number, decide: Decide): Promise<ReturnType<Decide>>;
}

/** A stored run. */
export interface KeptRun extends FleetPlan {
  readonly header: Json;
  /** Null for a run that has not ended. */
  readonly report: Json;
  readonly status: string | null;
  /** ISO 8601, UTC; null for a run that has not ended. */
  readonly ended_at: string | null;
}

/** A block of a stored run. */
export interface KeptBlock {
  readonly no: number;
  readonly judgements: string | null;
  readonly trials: readonly ReadTrial[];
}

/** Reads of stored runs. */
export interface KeptRuns {
  /** All runs, newest first, and the workers that were active in the last minute. */
  status(): Promise<{ readonly runs: readonly PlanStatus[]; readonly workers: readonly WorkerStatus[] }>;
  /** Runs whose id starts with the prefix. */
  find(prefix: string): Promise<readonly KeptRun[]>;
  /** A page of a run's blocks with their trials: the next finished blocks after the number `after`, in order. */
  blocks(no: string, after: number): Promise<readonly KeptBlock[]>;
  /** All calls of these blocks whose cost is not part of an answer. */
  lost(no: string, blocks: readonly number[]): Promise<readonly LostCall[]>;
  /** Number of calls sent in these blocks, to the target and to judges. */
  calls(
    no: string,
    blocks: readonly number[],
  ): Promise<{ readonly calls: number; readonly judge_calls: number }>;
  /** Deletes a run. Its answers are dropped with their partitions, which is fast for any number of answers. */
  drop(run: KeptRun): Promise<void>;
}

/** A schedule: times at which work is due. Whenever a time has come, only one of the processes takes it and does the work. */
export interface Cadence {
  /**
   * Waits for the next time and takes it. Times that passed while no process waited count as one.
   *
   * @returns false when the signal aborts first
   */
  next(signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

/** The database shared by the planner and the workers. */
export interface FleetDatabase {
  readonly plans: PlanStore;
  readonly bench: WorkBench;
  readonly pace: PaceBook;
  readonly kept: KeptRuns;
  /**
   * Joins the processes that share a schedule, or creates the schedule.
   *
   * @param name name of the schedule, which the processes have in common
   * @param cron five fields, in UTC by the database's clock
   * @throws {EvalsError} EVALS_CRON for fields that are not a schedule
   */
  cadence(name: string, cron: string): Promise<Cadence>;
  /** Opens the ledger of calls. @param signal aborts when nothing more may be sent */
  book(signal: AbortSignal): CallBook;
  /**
   * Repeats the work while the database is unavailable. The work must be idempotent.
   *
   * @throws any failure of the work that has another cause, or that comes after the signal aborts
   */
  patiently<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): Promise<void>;
}
