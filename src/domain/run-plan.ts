import type { ExplainedCase } from "./cache-reason.ts";

/** What one run would ask and cost. Nothing has been asked. */
export interface PlannedRun {
  readonly suite: string;
  /** Alias of the model. */
  readonly alias: string;
  /** `prompt 1.2.0 · gpt-5.4-mini-2026-03-17`. */
  readonly target: string;
  readonly cases: number;
  /** Of all cases together. */
  readonly trials: number;
  /** Trials whose answers are at hand: recorded, cached, or of the run that is gone on with. */
  readonly cached: number;
  /** Trials that the target is asked, each once. */
  readonly calls: number;
  /** For each case why it is asked, or not; absent where nobody wanted to know. */
  readonly cache?: readonly ExplainedCase[];
  /** Variants of passing trials at most, each asked once beside them; absent for a suite without pressure. */
  readonly variants?: number;
  /** Calls of judges; absent for a suite without judges, null where nobody knows how many. */
  readonly judge_calls?: number | null;
  /** Of all calls and variants together, the judges' left out; null where unknown. */
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly usd: {
    /** What is likely, the judges' part included; null where unknown. */
    readonly expected: number | null;
    /** What it cannot cross; null where nothing bounds it. */
    readonly most: number | null;
  };
  /** Where the figures come from, a sentence each. */
  readonly assumptions: readonly string[];
}

/** What `evals run` would do. */
export interface RunPlan {
  readonly runs: readonly PlannedRun[];
}
