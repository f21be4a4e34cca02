import type { Json } from "../domain/json.ts";
import type { LostBecause } from "../domain/outcome.ts";
import type { RunPace } from "../domain/report.ts";
import type { Usage } from "../domain/transcript.ts";

/** A run as its workers need to know it. */
export interface FleetPlan {
  readonly no: string;
  /** Id of the run. */
  readonly run: string;
  /** Equal for two processes that would ask the same: see `Plan.hash`. */
  readonly plan_hash: string;
  readonly commit: string;
  readonly suite: string;
  readonly alias: string;
  /** What was asked of `evals run`, as far as it decides the plan. */
  readonly request: Json;
  /** A call whose answer was lost with its worker is asked again. */
  readonly asks_again: boolean;
  /** It has a budget: each call needs room in it. */
  readonly bounded: boolean;
}

/** Why no more of a plan is worked on: as the engine's end, or the wish of whoever planned it. */
export type PlanHalt =
  | { readonly kind: "skipped"; readonly because: "budget" | "cancelled" }
  | {
      readonly kind: "unreachable" | "judge-unreachable";
      readonly message: string;
      readonly because?: LostBecause | undefined;
    }
  | { readonly kind: "decided" };

/** A trial by the place of its case and its number. */
export interface TrialPlace {
  readonly case_no: number;
  readonly trial: number;
}

/** Some trials of a plan: what one worker takes at a time. */
export interface Block {
  readonly plan: string;
  readonly no: number;
  readonly trials: readonly TrialPlace[];
}

/** A block that is this worker's until its lease runs out. */
export interface LeasedBlock extends Block {
  readonly bounded: boolean;
  /** Grows each time that the block is given to a worker: what an earlier one finishes is refused. */
  readonly fence: number;
  /** Its job in the queue. */
  readonly job: string;
  /** Calls of earlier workers on this block. */
  readonly before: readonly EarlierCall[];
}

/** Who is paid for a call. */
export interface CallOwner {
  readonly plan: string;
  /** The plan has a budget. */
  readonly bounded: boolean;
  readonly block: number;
  readonly fence: number;
}

/** A call that is about to leave. */
export interface OpenedCall extends CallOwner {
  readonly id: string;
  /** Equal for two calls that ask the same for the same trial, or judge's draw. */
  readonly key: string;
  /** Hash of the judge that asks; null for the target and the person. */
  readonly judge: string | null;
  readonly case_id: string;
  /** The most that it can cost; null where nobody knows. */
  readonly most_usd: number | null;
  readonly most_tokens: number | null;
}

/** What came of a call. */
export interface ClosedCall {
  readonly plan: string;
  readonly id: string;
  readonly state: "answered" | "failed";
  /** It was, or may have been, billed. */
  readonly billed: boolean;
  readonly usage: Usage | null;
  /** US dollars; null where they are unknown. */
  readonly usd: number | null;
  /** The reply as JSON; null for a failure. */
  readonly reply: string | null;
}

/** A trial as it is read back. */
export interface ReadTrial extends Omit<WorkedTrial, "call"> {
  /** The call's reply as JSON; null where `reply` has the trial. */
  readonly answer: string | null;
}

/** A call that an earlier worker made for a block. */
export interface EarlierCall {
  readonly id: string;
  readonly key: string;
  /** Null when its answer was lost with the worker. */
  readonly reply: string | null;
}

/** What became of one trial of a block. */
export interface WorkedTrial extends TrialPlace {
  /** The call whose reply it is; null for one that is made of several, or has failed. */
  readonly call: string | null;
  /** Its answer, or its failure, as JSON; null where the call has it. */
  readonly reply: string | null;
  /** Its scores as JSON; null where it has none. */
  readonly scoring: string | null;
}

/** What a worker brings back of a block. */
export interface WorkedBlock {
  readonly trials: readonly WorkedTrial[];
  /** Trials that it did not come to: another worker takes them. */
  readonly rest: readonly TrialPlace[];
  /** Replies of judges behind the scores, as JSON; null for none. */
  readonly judgements: string | null;
  /** Ids of the calls whose money is in an answer or a judge's reply. */
  readonly used: readonly string[];
  readonly passed: number;
  readonly errored: number;
  readonly pace: RunPace;
}

/** A call whose money is in no answer. */
export interface LostCall {
  readonly judge: string | null;
  readonly case_id: string;
  readonly usage: Usage | null;
  readonly usd: number | null;
  readonly most_usd: number | null;
  readonly most_tokens: number | null;
}

/** What a plan's calls came to that was not reported before. */
export interface CallSums {
  readonly calls: number;
  readonly judge_calls: number;
  readonly lost: readonly LostCall[];
  /** Of the whole plan: calls whose answer was lost with its worker. */
  readonly uncertain: number;
}
