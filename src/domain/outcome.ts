import type { Transcript } from "./transcript.ts";

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

/**
 * What became of one trial. Only `answered` is scored: counting a timeout as a zero would let a flaky network
 * look like a regression.
 */
export type Outcome =
  | { readonly kind: "answered"; readonly transcript: Transcript }
  | { readonly kind: "errored"; readonly error: ErrorKind; readonly message: string }
  | { readonly kind: "skipped"; readonly because: SkipReason };
