import type { ExplainedCase } from "./cache-reason.ts";
import type { CallRange } from "./provider.ts";

/** The estimated calls and cost of one run, computed without asking anything. */
export interface PlannedRun {
  readonly suite: string;
  /** Alias of the model. */
  readonly alias: string;
  /** The target as a text for people: `prompt 1.2.0 · gpt-5.4-mini-2026-03-17`. */
  readonly target: string;
  readonly cases: number;
  /** Number of trials of all cases together. */
  readonly trials: number;
  /** Number of trials with an available answer: recorded, cached, or from the resumed run. */
  readonly cached: number;
  /**
   * Number of calls of the target, without retries: one for each trial that will be asked. For trials of several calls
   * it is the expected number, from a past run, or the least number if there is none.
   */
  readonly calls: number;
  /**
   * The bounds of `calls`, with those of a simulated user; absent where each trial is one call. A trial that errs, or
   * that a limit ends, may make fewer.
   */
  readonly calls_range?: CallRange;
  /** Why each case will be asked or will not be asked; absent when not requested. */
  readonly cache?: readonly ExplainedCase[];
  /** Maximum number of variants of passing trials; absent for a suite without pressure. */
  readonly variants?: number;
  /** Number of calls of judges; absent for a suite without judges, null when unknown. */
  readonly judge_calls?: number | null;
  /** Expected tokens of all calls and variants, without judges; null when unknown. */
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly usd: {
    /** The expected cost, including judges; null when unknown. */
    readonly expected: number | null;
    /** The maximum cost; null when there is no limit. */
    readonly most: number | null;
    /**
     * The expected cost if the target were asked anew for every trial; null when unknown, absent when no answer is
     * cached.
     */
    readonly afresh?: number | null;
  };
  /** The basis of the estimates, one sentence each. */
  readonly assumptions: readonly string[];
}

/** The runs that `evals run` would make. */
export interface RunPlan {
  readonly runs: readonly PlannedRun[];
}
