/** The unit that a rate limit counts. */
export type LimitKind = "requests" | "tokens" | "input_tokens" | "output_tokens";

/** A provider's rate limit from a reply's headers. */
export interface ReportedLimit {
  readonly kind: LimitKind;
  /** The allowed amount, usually per minute; null when the provider does not state it. */
  readonly limit: number | null;
  /** The amount that may still be used. */
  readonly remaining: number;
  /** Milliseconds until the limit is fully available again. */
  readonly reset_ms: number;
}
