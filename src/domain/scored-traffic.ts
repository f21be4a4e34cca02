import type { ErrorKind } from "./outcome.ts";
import type { Metrics } from "./run.ts";
import type { TrafficCondition } from "./traffic.ts";

/** The results of one day's traces. */
export interface TrafficDay {
  /** `2026-05-04`, in UTC; null for traces without a time. */
  readonly day: string | null;
  /** Number of traces that match the filter, scored or not. */
  readonly traces: number;
  readonly sessions: number;
  /** Number of scored traces. */
  readonly scored: number;
  readonly metrics: Metrics;
  /** Number of traces that failed, or for which a scorer errored, by kind of error. */
  readonly errors: Readonly<Partial<Record<ErrorKind, number>>>;
}

/** How one of the suite's scorers was used. */
export interface TrafficScorer {
  readonly name: string;
  readonly required: boolean;
  /** Why the scorer cannot score traffic; null when it can. */
  readonly left: string | null;
}

/** Traffic scored by a suite's scorers. */
export interface ScoredTraffic {
  readonly suite: string;
  readonly where: readonly TrafficCondition[];
  /** ISO 8601, UTC: traces that began before this time are left out; null when all traces count. */
  readonly since: string | null;
  /** The share of traces that was scored, and the seed of this random sample; null when all traces were scored. */
  readonly sample: { readonly share: number; readonly seed: string } | null;
  readonly scorers: readonly TrafficScorer[];
  /** Oldest first; traces without a time come last. */
  readonly days: readonly TrafficDay[];
  readonly total: TrafficDay;
  /** The judges' calls and their cost in US dollars; null when the suite has no judges. */
  readonly judged: { readonly calls: number; readonly usd: number | null } | null;
  /** Number of traces about which no judge was asked, or no judge replied. */
  readonly unjudged: number;
}
