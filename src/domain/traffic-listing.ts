import type { TrafficCondition, TrafficCount, TrafficRow } from "./traffic.ts";

/** Number of traces, and when the first and the last began: ISO 8601, UTC, null when no trace has a time. */
export interface Seen {
  readonly traces: number;
  readonly first: string | null;
  readonly last: string | null;
}

/** A trace in a listing. */
export interface ListedTrace extends Omit<TrafficRow, "convention"> {
  readonly output: string;
  /** The shortest unambiguous prefix of the trace's id, of at least 8 characters; in long listings the whole id. */
  readonly short_id: string;
}

/** The stored traces, their sessions and users, and their times. */
export interface TrafficListing extends Seen {
  readonly where: readonly TrafficCondition[];
  /** Text searched for in the answers; null when none. */
  readonly grep: string | null;
  /** ISO 8601, UTC: traces that began before this time are left out; null when all traces count. */
  readonly since: string | null;
  readonly counts: TrafficCount;
  /** Sessions with the most traces first. */
  readonly sessions: readonly (Seen & { readonly session: string; readonly users: readonly string[] })[];
  readonly users: readonly (Seen & { readonly user: string; readonly sessions: number })[];
  /** Number of occurrences of each value of a field, most frequent first. */
  readonly values: Readonly<Record<string, readonly { readonly value: string; readonly traces: number }[]>>;
  /** Newest first, limited as requested. */
  readonly listed: readonly ListedTrace[];
}
