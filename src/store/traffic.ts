import type {
  TrafficCount,
  TrafficFilter,
  TrafficRow,
  TrafficScore,
  TrafficTrace,
} from "../domain/traffic.ts";
import type { Page, PageRequest } from "./reads.ts";

/** A trace to store, with the spans that it was read from joined into one text. */
export interface TrafficRecord {
  readonly trace: TrafficTrace;
  /** Redacted as the trace is: what comes later is joined with it. */
  readonly source: string;
}

/** Traces of production, apart from the runs. */
export interface TrafficStore {
  /** With which this history hashes the ids of users; made when it is first asked for. */
  salt(): Promise<string>;
  /**
   * Takes traces in, all in one transaction.
   * @param next what becomes of a trace, by the source that is kept of it (null when it is new); null to leave it as it is
   */
  record(
    ids: readonly string[],
    next: (id: string, source: string | null) => TrafficRecord | null,
  ): Promise<void>;
  /** Newest first, those without a time last. */
  rows(filter: TrafficFilter, page?: PageRequest): Promise<Page<TrafficRow>>;
  /** The same with their texts. */
  traces(filter: TrafficFilter, page?: PageRequest): Promise<Page<TrafficTrace>>;
  trace(id: string): Promise<TrafficTrace | undefined>;
  /** Ids that begin so, in their order; at most 20. */
  idsByPrefix(prefix: string): Promise<string[]>;
  count(filter: TrafficFilter): Promise<TrafficCount>;
  /** One for each trace, suite and scorer: a new one takes the place of the one before. Those of unknown traces are left out. */
  recordScores(scores: readonly TrafficScore[]): Promise<void>;
  /** Of these traces, in the order of their ids, suites and scorers. */
  scores(ids: readonly string[]): Promise<TrafficScore[]>;
}
