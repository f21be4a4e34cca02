import type { TrafficCondition, TrafficCount, TrafficRow } from "./traffic.ts";

/** When something was seen; ISO 8601, UTC, null where no trace says. */
export interface Seen {
  readonly traces: number;
  readonly first: string | null;
  readonly last: string | null;
}

/** A trace as it is listed. */
export interface ListedTrace extends Omit<TrafficRow, "convention"> {
  readonly output: string;
}

/** Which traces there are, whose they are, and since when. */
export interface TrafficListing extends Seen {
  readonly where: readonly TrafficCondition[];
  /** Looked for in what was answered; null for nothing. */
  readonly grep: string | null;
  /** ISO 8601, UTC; null for all. */
  readonly since: string | null;
  readonly counts: TrafficCount;
  /** Those with the most traces first. */
  readonly sessions: readonly (Seen & { readonly session: string; readonly users: readonly string[] })[];
  readonly users: readonly (Seen & { readonly user: string; readonly sessions: number })[];
  /** How often a field has each of its values, the most frequent first. */
  readonly values: Readonly<Record<string, readonly { readonly value: string; readonly traces: number }[]>>;
  /** Newest first, so many as were asked for. */
  readonly listed: readonly ListedTrace[];
}
