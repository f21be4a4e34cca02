import type { Json } from "../domain/json.ts";

/** The size of a store. */
export interface StoreSize {
  /** Number of runs. The runs of canaries and of variants under pressure are not counted. */
  readonly runs: number;
  /** Number of stored answers of targets. */
  readonly answers: number;
  /** Number of stored replies of judges. */
  readonly judgements: number;
  /** Number of stored traces of production. */
  readonly traces: number;
  /** ISO 8601, UTC: start of the oldest and the newest run; null when there is none. */
  readonly oldest: string | null;
  readonly newest: string | null;
  /** Size of the store's files in bytes; files of earlier schema versions do not count. */
  readonly bytes: number;
}

/** The runs, answers and traces to delete from a store. None of these runs may be in progress. */
export interface Pruning {
  /** Numbers of the runs to delete completely. */
  readonly runs: readonly number[];
  /** Numbers of the runs of which only the texts are deleted: answers, reasons and messages. Their scores are kept. */
  readonly answers: readonly number[];
  /** Removes the texts of answers from a report. */
  readonly withoutTexts: (report: Json) => Json;
  /**
   * Traces from before this time are deleted too. Answers and judge replies from before this time are deleted when no
   * run refers to them. Milliseconds since 1970, UTC.
   */
  readonly loose_before: number;
}

/** The result of a pruning. */
export interface Pruned {
  readonly answers: number;
  readonly judgements: number;
  readonly traces: number;
  /**
   * Whether no deleted data is left in any file. False while another process still reads an older state of the
   * database, which keeps that state on disk.
   */
  readonly erased: boolean;
}

/** Maintenance of a whole store. */
export interface StoreCare {
  /**
   * Where the store is, as a text to show: a path relative to the root, or a database address without
   * credentials.
   */
  readonly place: string;
  size(): Promise<StoreSize>;
  /** One sentence per fault; empty when the store is intact. */
  faults(): Promise<readonly string[]>;
  /** Number of traces that a pruning of older data would delete. @param before milliseconds since 1970, UTC */
  oldTraces(before: number): Promise<number>;
  /**
   * Deletes runs and answers so that no byte of them remains on disk: their space is overwritten or cut off. An
   * answer that another run took from the cache is kept.
   */
  prune(what: Pruning): Promise<Pruned>;
}
