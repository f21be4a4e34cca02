import type { ErrorKind } from "./outcome.ts";
import type { Metrics } from "./run.ts";
import type { TrafficCondition } from "./traffic.ts";

/** What a day's traces amount to. */
export interface TrafficDay {
  /** `2026-05-04`, in UTC; null of traces that have no time. */
  readonly day: string | null;
  /** All that the filter leaves, scored or not. */
  readonly traces: number;
  readonly sessions: number;
  /** Those that were scored. */
  readonly scored: number;
  readonly metrics: Metrics;
  /** Traces that failed, and those that a scorer failed on, by kind. */
  readonly errors: Readonly<Partial<Record<ErrorKind, number>>>;
}

/** What became of one of the suite's scorers. */
export interface TrafficScorer {
  readonly name: string;
  readonly required: boolean;
  /** Why it says nothing of traffic; null where it does. */
  readonly left: string | null;
}

/** Traffic under the scorers of a suite. */
export interface ScoredTraffic {
  readonly suite: string;
  readonly where: readonly TrafficCondition[];
  /** ISO 8601, UTC; null for all. */
  readonly since: string | null;
  /** Which share of the traces was scored, and by which seed they were drawn; null where all were. */
  readonly sample: { readonly share: number; readonly seed: string } | null;
  readonly scorers: readonly TrafficScorer[];
  /** In order; those without a time last. */
  readonly days: readonly TrafficDay[];
  readonly total: TrafficDay;
  /** Null without judges. */
  readonly judged: { readonly calls: number; readonly usd: number | null } | null;
  /** Traces that no judge was asked about, or none replied of. */
  readonly unjudged: number;
}
