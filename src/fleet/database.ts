import type { PlanStatus, WorkerStatus } from "../domain/fleet-status.ts";
import type { Json } from "../domain/json.ts";
import type { RunPace } from "../domain/report.ts";
import type {
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

/** A run that is about to be planned. */
export interface NewPlan extends Omit<FleetPlan, "no" | "bounded"> {
  readonly program: string;
  readonly header: Json;
  readonly budget: { readonly usd?: number | undefined; readonly tokens?: number | undefined } | null;
}

/** A block that its worker has finished, as whoever planned it reads it. */
export interface DoneBlock {
  readonly no: number;
  readonly trials: readonly ReadTrial[];
  readonly judgements: string | null;
  readonly pace: RunPace | null;
}

/** How far a plan is. */
export interface PlanProgress {
  readonly halt: PlanHalt | null;
  /** Blocks that are done and were not read yet. */
  readonly done: readonly number[];
  readonly waiting: number;
  /** Blocks in the hands of a worker whose lease holds. */
  readonly leased: number;
  /** Workers that were seen lately and may serve this plan. */
  readonly workers: number;
}

/** What whoever plans a run does in the database. */
export interface PlanStore {
  /** Records the plan, or goes on with it. @returns its number, and the trials that are in blocks already */
  open(plan: NewPlan): Promise<{ readonly no: string; readonly trials: readonly TrialPlace[] }>;
  /** Puts blocks into the queue. */
  publish(no: string, blocks: readonly (readonly TrialPlace[])[]): Promise<void>;
  progress(no: string, read: readonly number[]): Promise<PlanProgress>;
  read(no: string, blocks: readonly number[]): Promise<readonly DoneBlock[]>;
  /** No more of it is asked. The first reason stays. */
  halt(no: string, why: PlanHalt): Promise<void>;
  /** What calls came to since the last time, of blocks that are done. They count as reported once `keep` has returned. */
  sums(no: string, keep: (sums: CallSums) => void): Promise<void>;
  /** The run is over, and kept as it was reported; null for one that can be gone on with. */
  end(no: string, status: string, report: Json | null): Promise<void>;
}

/** A block's lease, in seconds: a worker that is gone for so long has lost it. */
export const LEASE_S = 6;

/** Who works. */
export interface NewWorker {
  readonly name: string;
  readonly program: string;
  /** Aliases that it serves; null for all. */
  readonly models: readonly string[] | null;
}

/** What a worker does in the database. */
export interface WorkBench {
  /** @returns the worker's number */
  arrive(worker: NewWorker): Promise<string>;
  /** Plans with blocks that somebody may take now, oldest first. */
  plans(worker: string): Promise<readonly FleetPlan[]>;
  /** The next block of a plan: one whose lease has run out, else the next of the queue. */
  lease(plan: FleetPlan, worker: string): Promise<LeasedBlock | undefined>;
  /** Renews the leases of a worker's blocks. @returns why plans of them are worked on no more */
  beat(worker: string): Promise<ReadonlyMap<string, PlanHalt>>;
  /** Everything of a block in one transaction with its job. @returns false when the lease is another's */
  finish(plan: FleetPlan, block: LeasedBlock, worker: string, worked: WorkedBlock): Promise<boolean>;
  halt(plan: string, why: PlanHalt): Promise<void>;
  leave(worker: string): Promise<void>;
}

/** Whether a call may leave. `lost`: its block is another's by now. `budget`: there is no money for it. */
export type Leave = "go" | "lost" | "budget";

/** Every call that may cost something, as it leaves and as it comes back. */
export interface CallBook {
  /** Written down before the call leaves. */
  opened(call: OpenedCall): Promise<Leave>;
  /** Kept when this returns, however long the database is away meanwhile. */
  closed(call: ClosedCall): Promise<void>;
  /** The answer to what a judge asked of the same plan before, whichever worker it was. */
  answered(plan: string, key: string): Promise<{ readonly id: string; readonly reply: string } | undefined>;
}

/** A limit of a model's, as all workers keep it together. */
export interface PaceLimits {
  readonly requests_per_minute?: number | undefined;
  readonly tokens_per_minute?: number | undefined;
}

/** Calls that left, or were let go, before now. */
export interface Departed {
  readonly age_ms: number;
  readonly requests: number;
  readonly tokens: number;
}

/** Decides how many calls may leave now. */
export type Decide = (before: readonly Departed[]) => {
  readonly requests: number;
  readonly tokens: number;
  readonly wait_ms: number;
};

/** How far back is looked, in milliseconds, by a limit of at least one call a minute. */
export interface PaceBook {
  /** Decides over what left before, and writes down what leaves now, while no other worker can. The database's clock counts. */
  lease(model: string, within_ms: number, decide: Decide): Promise<ReturnType<Decide>>;
}

/** A run that is over, as it is kept for others. */
export interface KeptRun extends FleetPlan {
  readonly header: Json;
  /** Null for one that is not over. */
  readonly report: Json;
  readonly status: string | null;
  /** ISO 8601, UTC; null for one that is not over. */
  readonly ended_at: string | null;
}

/** A block of a run that is over. */
export interface KeptBlock {
  readonly no: number;
  readonly judgements: string | null;
  readonly trials: readonly ReadTrial[];
}

/** What the database holds of runs, for who looks. */
export interface KeptRuns {
  /** All runs, newest first, and who works on them. */
  status(): Promise<{ readonly runs: readonly PlanStatus[]; readonly workers: readonly WorkerStatus[] }>;
  /** Runs whose id starts so. */
  find(prefix: string): Promise<readonly KeptRun[]>;
  /** A page of a run's blocks with their trials, in the order of their numbers. */
  blocks(no: string, after: number): Promise<readonly KeptBlock[]>;
  /** Every call of these blocks whose money is in no answer. */
  lost(no: string, blocks: readonly number[]): Promise<readonly LostCall[]>;
  /** Calls of these blocks that were sent, to the target and to judges. */
  calls(
    no: string,
    blocks: readonly number[],
  ): Promise<{ readonly calls: number; readonly judge_calls: number }>;
  /** Takes a run away: its answers go with their partitions, however many they are. */
  drop(run: KeptRun): Promise<void>;
}

/** The database where workers and whoever plans meet. */
export interface FleetDatabase {
  readonly plans: PlanStore;
  readonly bench: WorkBench;
  readonly pace: PaceBook;
  readonly kept: KeptRuns;
  /** @param signal aborts when nothing may leave any more */
  book(signal: AbortSignal): CallBook;
  /**
   * Does something again and again for as long as the database is away. What is done must be the same when done twice.
   * @throws what failed for another reason, or once the signal aborts
   */
  patiently<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): Promise<void>;
}
