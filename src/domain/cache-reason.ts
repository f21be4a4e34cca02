/** Why a case is asked, or not. */
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

/** What would become of one case's trials. */
export interface ExplainedCase {
  readonly id: string;
  readonly trials: number;
  /** Trials whose answers are there already. */
  readonly at_hand: number;
  readonly asked: number;
  readonly reason: CacheReason;
  /** The same as a sentence without its end. */
  readonly why: string;
}
