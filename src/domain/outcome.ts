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

export const SKIP_REASONS = ["budget", "cancelled"] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];
