/** The reasons why the target will be asked about a case, or need not be asked. */
export const CACHE_REASONS = [
  "recorded",
  "answered",
  "cached",
  "no-cache",
  "not-reusable",
  "raw-scorer",
  "baseline",
  "errored",
  "more-trials",
  "new-case",
  "request-changed",
  "target-changed",
  "unanswered",
] as const;
export type CacheReason = (typeof CACHE_REASONS)[number];

/** A case of a run that has not started, with the reason why the target will or will not be asked about it. */
export interface ExplainedCase {
  readonly id: string;
  readonly trials: number;
  /** Number of trials with a stored answer. */
  readonly at_hand: number;
  readonly asked: number;
  readonly reason: CacheReason;
  /** The reason as a sentence without the final full stop. */
  readonly why: string;
}
