import type { Json } from "../domain/json.ts";
import type { LostBecause } from "../domain/outcome.ts";
import type { RunPace } from "../domain/report.ts";
import type { Usage } from "../domain/transcript.ts";

/** What the workers need to know about a run. */
export interface FleetPlan {
  /** Number of the plan in the database. */
  readonly no: string;
  /** Id of the run. */
  readonly run: string;
  /**
   * `Plan.hash` of the planner. A worker makes the plan again from its own clone, and works on the run only if it gets
   * the same hash.
   */
  readonly plan_hash: string;
  readonly commit: string;
  readonly suite: string;
  readonly alias: string;
  /** The options of `evals run` that affect the plan. */
  readonly request: Json;
  /** Whether a call whose answer was lost with its worker is sent again; if not, its trial is errored. */
  readonly asks_again: boolean;
  /** Whether the plan has a budget, so that each call needs room in it. */
  readonly bounded: boolean;
}

/** Why work on a plan was stopped, by a worker or by the planner. */
export type PlanHalt =
  | { readonly kind: "skipped"; readonly because: "budget" | "cancelled" }
  | {
      readonly kind: "unreachable" | "judge-unreachable";
      readonly message: string;
      readonly because?: LostBecause | undefined;
    }
  | { readonly kind: "decided" };

/** A trial, by case number and trial number. */
export interface TrialPlace {
  readonly case_no: number;
  readonly trial: number;
}

/** Some trials of a plan; the unit that one worker takes at a time. */
export interface Block {
  readonly plan: string;
  readonly no: number;
  readonly trials: readonly TrialPlace[];
}

/** A block leased to this worker. */
export interface LeasedBlock extends Block {
  readonly bounded: boolean;
  /** Increases each time the block is leased, so that results of an earlier worker are rejected. */
  readonly fence: number;
  /** Id of the block's job in the queue. */
  readonly job: string;
  /** Calls that earlier workers made for this block. */
  readonly before: readonly EarlierCall[];
}

/** The plan and the leased block that a call is made for. */
export interface CallOwner {
  readonly plan: string;
  /** Whether the plan has a budget. */
  readonly bounded: boolean;
  readonly block: number;
  readonly fence: number;
}

/** A call about to be sent. */
export interface OpenedCall extends CallOwner {
  readonly id: string;
  /** Two calls have the same key if they send the same request for the same trial, or for the same draw of a judge. */
  readonly key: string;
  /** Hash of the judge that asks; null for the target and the simulated user. */
  readonly judge: string | null;
  readonly case_id: string;
  /** Maximum cost in US dollars; null when unknown. */
  readonly most_usd: number | null;
  /** Maximum number of input and output tokens; null when unknown. */
  readonly most_tokens: number | null;
}

/** The result of a call. */
export interface ClosedCall {
  readonly plan: string;
  readonly id: string;
  readonly state: "answered" | "failed";
  /** Whether the call was or may have been billed. */
  readonly billed: boolean;
  readonly usage: Usage | null;
  /** US dollars; null when unknown. */
  readonly usd: number | null;
  /** The reply as JSON; null for a failure. */
  readonly reply: string | null;
}

/** A trial as read from the database. */
export interface ReadTrial extends Omit<WorkedTrial, "call"> {
  /** The reply of the trial's only call, as JSON; null when the answer is in `reply`. */
  readonly answer: string | null;
}

/** A call that an earlier worker made for a block. */
export interface EarlierCall {
  readonly id: string;
  readonly key: string;
  /** Null when the answer was lost with the worker. */
  readonly reply: string | null;
}

/** The result of one trial of a block. */
export interface WorkedTrial extends TrialPlace {
  /** Id of the call whose reply is the answer; null for a trial that failed or made several calls. */
  readonly call: string | null;
  /** The trial's answer or failure as JSON; null when it is the reply of `call`. */
  readonly reply: string | null;
  /** The trial's scores as JSON; null when there are none. */
  readonly scoring: string | null;
}

/** The results of a block. */
export interface WorkedBlock {
  readonly trials: readonly WorkedTrial[];
  /** Trials that were not run; another worker takes them. */
  readonly rest: readonly TrialPlace[];
  /** The judge replies behind the scores, as JSON; null when there are none. */
  readonly judgements: string | null;
  /** Ids of the calls whose cost is part of an answer or a judge reply. */
  readonly used: readonly string[];
  /** Number of trials that passed. */
  readonly passed: number;
  /** Number of trials that errored. */
  readonly errored: number;
  readonly pace: RunPace;
}

/**
 * A call that cost or may have cost something, while no stored answer or judge reply includes this cost: for instance a
 * call that failed, or whose answer was lost with its worker.
 */
export interface LostCall {
  readonly judge: string | null;
  readonly case_id: string;
  readonly usage: Usage | null;
  /** US dollars; for an answer lost with its worker, the maximum cost of the call; null when unknown. */
  readonly usd: number | null;
  readonly most_usd: number | null;
  readonly most_tokens: number | null;
}

/** Totals over those calls of a plan that no earlier totals included. */
export interface CallSums {
  /** The finished blocks that contain these calls. */
  readonly blocks: readonly number[];
  readonly calls: number;
  readonly judge_calls: number;
  readonly lost: readonly LostCall[];
  /** Number of calls of the whole plan whose answer was lost with its worker. */
  readonly uncertain: number;
}
