import type { Price } from "../domain/config.ts";
import type { LostBecause, SkipReason } from "../domain/outcome.ts";
import type { Client } from "../domain/provider.ts";
import type { Tally } from "../metrics/tally.ts";
import type { CachedAnswer, RunWriter } from "../store/store.ts";
import type { BudgetGuard } from "./budget-guard.ts";
import type { Plan } from "./plan.ts";
import type { Scoring } from "./score-trial.ts";
import type { WorkOrder } from "./work-order.ts";

/** When a run may end early: the positions at which it asks the gate, and the gate's answer (`decide`). */
export interface StopRule {
  /**
   * Positions in the work order, ascending. When every trial before such a position has ended, the run takes a
   * look: it asks whether its verdict is settled already.
   */
  readonly looks: readonly number[];
  /**
   * How many trials beyond the next look's position may be started before that look is taken. Without them, the
   * target would be idle until the last trials before the look have ended.
   */
  readonly ahead: number;
  /** Returns true when the run may stop. Called once per look, in order. */
  decide(look: number): boolean;
}

/** The signals by which the user can stop a run. */
export interface RunControl {
  /** Returns true when no new trials are to be started; the trials in flight finish. */
  readonly stopping: () => boolean;
  /** Aborts when `stopping` becomes true: calls waiting in a queue are cancelled. */
  readonly stopped?: AbortSignal | undefined;
  /** Aborts the calls in flight. */
  readonly signal: AbortSignal;
}

/** Reported after each trial, for progress. */
export type TrialEvent = { readonly case_no: number; readonly trial: number } & (
  | {
      readonly kind: "answered";
      readonly cached: boolean;
      readonly pass: boolean;
      /** The score by each scorer, in the suite's order; null for a missing score. */
      readonly scores: readonly (number | null)[];
      readonly cost_usd: number | null;
    }
  | { readonly kind: "errored"; readonly error: string; readonly message: string }
);

/** Everything that the engine needs to run the trials of one run. */
export interface Job {
  readonly plan: Plan;
  readonly order: WorkOrder;
  /** The target's client with its wrappers. */
  readonly client: Client;
  readonly price: Price | null;
  readonly writer: RunWriter;
  readonly tally: Tally;
  readonly concurrency: number;
  /** Whether the trial is left out, because an earlier session answered it or this session does not ask it. */
  readonly isDone: (caseNo: number, trial: number) => boolean;
  /** An answer that an earlier session stored but did not score. */
  readonly unscored: (caseNo: number, trial: number) => UnscoredAnswer | undefined;
  /** The scores that a worker has made of an answer; absent when answers are scored in this process. */
  readonly scored?: ((caseNo: number, trial: number) => Scoring | undefined) | undefined;
  /** Why the workers' plan was halted, if that cancelled trials; undefined when the plan was not halted. */
  readonly halted?: (() => EngineEnd | undefined) | undefined;
  /** Finds an answer in the cache; null when the cache must not or cannot be used. */
  readonly cached: ((askedHash: string, trial: number) => CachedAnswer | undefined) | null;
  /** Whether a batch has answered the trial, or will answer it. For such a trial the cache is not used. */
  readonly isPaidFor?: ((caseNo: number, trial: number) => boolean) | undefined;
  readonly budget: BudgetGuard;
  /** Estimated input tokens of a case's request. */
  readonly inputTokens: (caseNo: number) => number;
  /** The error when a budget in dollars cannot be enforced, because replies do not report their cost. */
  readonly unpriced: () => Error;
  readonly stop: StopRule | null;
  readonly control: RunControl;
  readonly onTrial: (event: TrialEvent) => void;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/** A stored answer without scores. */
export interface UnscoredAnswer extends CachedAnswer {
  /** Whether the answer came from the cache. */
  readonly cached: boolean;
}

/** Why a run started no more trials; `all-asked` when none was left to start. */
export type EngineEnd =
  | { readonly kind: "all-asked" }
  | { readonly kind: "decided"; readonly look: number }
  | { readonly kind: "skipped"; readonly because: SkipReason }
  | {
      readonly kind: "unreachable" | "judge-unreachable";
      readonly message: string;
      readonly because?: LostBecause | undefined;
    };

/** Why a run starts no more trials. The first reason stands; until there is one, trials are started. */
export interface Ending {
  readonly reason: EngineEnd | undefined;
  because(reason: EngineEnd): void;
}

export function openEnding(): Ending {
  let first: EngineEnd | undefined;
  return {
    get reason() {
      return first;
    },
    because: (reason) => {
      first ??= reason;
    },
  };
}

/** A trial that has no result yet. */
export interface TrialToRun {
  readonly case_no: number;
  readonly trial: number;
  /** Position in the work order. */
  readonly position: number;
  /** An answer that needs no call; null when the target must be asked. */
  readonly atHand: AnswerAtHand | null;
}

/** An answer that costs nothing, because an earlier session or run has asked for it. */
export type AnswerAtHand =
  | { readonly kind: "unscored"; readonly transcript: CachedAnswer["transcript"]; readonly cached: boolean }
  | {
      readonly kind: "cached";
      readonly transcript: CachedAnswer["transcript"];
      readonly answer_id: CachedAnswer["answer_id"];
    };
