/** What a provider counts against a limit. */
export type LimitKind = "requests" | "tokens" | "input_tokens" | "output_tokens";

/** What a reply's headers say of one of the provider's limits. */
export interface ReportedLimit {
  readonly kind: LimitKind;
  /** What the limit allows, mostly in a minute; null where it is not stated. */
  readonly limit: number | null;
  /** What may still be used. */
  readonly remaining: number;
  /** Milliseconds until all of it is there again. */
  readonly reset_ms: number;
}
