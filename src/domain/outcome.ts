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
 * Why a model is not asked any more: none of its first calls was answered; none of its last calls was answered; the
 * account has no credit; the server asks for a very long wait; the server accepted no batch; several workers died on
 * the same trials; no worker can ask the model.
 */
export type LostBecause =
  | "none-answered"
  | "no-more"
  | "no-money"
  | "long-wait"
  | "no-batch"
  | "workers-lost"
  | "no-worker";

export const SKIP_REASONS = ["budget", "cancelled", "batch"] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** The attempts of a trial. Recorded only for more than one attempt, or at least a second of waiting. */
export interface Tries {
  /** Number of requests sent for the trial. */
  readonly attempts: number;
  /** Waiting time in the queue and between attempts, in milliseconds. */
  readonly waited_ms: number;
}
