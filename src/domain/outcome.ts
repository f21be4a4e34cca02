/** Why a trial has no answer that can be scored. */
export const ERROR_KINDS = [
  "timeout",
  "rate-limit",
  "provider",
  "malformed-reply",
  "not-recorded",
  "tool",
  "simulator",
  "judge",
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/**
 * Why a model is asked no more: none of its first calls was answered, the last so many were not, its account has no money
 * left, or its server asks to come back much later.
 */
export type LostBecause = "none-answered" | "no-more" | "no-money" | "long-wait";

export const SKIP_REASONS = ["budget", "cancelled", "batch"] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** How a trial came by its outcome, of sessions that took more than one attempt or a second of waiting. */
export interface Tries {
  /** Requests that were sent for it. */
  readonly attempts: number;
  /** For its turn and between attempts. */
  readonly waited_ms: number;
}
