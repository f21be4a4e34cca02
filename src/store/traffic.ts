import type { Page, PageRequest } from "../domain/pages.ts";
import type {
  TrafficCount,
  TrafficFilter,
  TrafficRow,
  TrafficScore,
  TrafficTrace,
} from "../domain/traffic.ts";

/** A trace to store, with its original spans joined into one text. */
export interface TrafficRecord {
  readonly trace: TrafficTrace;
  /** The original spans as text, redacted like the trace; later spans are added to them. */
  readonly source: string;
}

/** Production traces, separate from runs. */
export interface TrafficStore {
  /** The salt for hashing user ids in this store; created on first use. */
  salt(): Promise<string>;
  /**
   * Imports traces in one transaction.
   *
   * @param next called for each id with the stored source of the trace, which is null when the trace is new; returns
   * the record to store, or null to leave the trace unchanged
   */
  record(
    ids: readonly string[],
    next: (id: string, source: string | null) => TrafficRecord | null,
  ): Promise<void>;
  /** The traces that match the filter, without texts: newest first, traces without a time last. */
  rows(filter: TrafficFilter, page?: PageRequest): Promise<Page<TrafficRow>>;
  /** Like `rows`, with the texts. */
  traces(filter: TrafficFilter, page?: PageRequest): Promise<Page<TrafficTrace>>;
  trace(id: string): Promise<TrafficTrace | undefined>;
  /** Ids of traces that start with the prefix, in order; at most 20. */
  idsByPrefix(prefix: string): Promise<string[]>;
  count(filter: TrafficFilter): Promise<TrafficCount>;
  /**
   * Stores scores. A trace has one score per suite and scorer: a new score replaces the old one. Scores of unknown
   * traces are ignored.
   */
  recordScores(scores: readonly TrafficScore[]): Promise<void>;
  /** The scores of these traces, ordered by id, suite and scorer. */
  scores(ids: readonly string[]): Promise<TrafficScore[]>;
}
