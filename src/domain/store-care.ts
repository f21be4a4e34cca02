/** The size of a store. */
export interface HistorySize {
  readonly runs: number;
  readonly answers: number;
  /** Replies of judges. */
  readonly judgements: number;
  /** Production traces. */
  readonly traces: number;
  /** ISO 8601, UTC: start of the oldest and the newest run; null when there is no run. */
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly bytes: number;
  /** Path relative to the project root. */
  readonly path: string;
  /** Copies of the store that earlier versions of evals left, with paths relative to the root. */
  readonly earlier: readonly { readonly path: string; readonly bytes: number }[];
}

/** Whether a store is intact. */
export interface HistoryCheck {
  readonly path: string;
  /** One sentence per fault; empty when the store is intact. */
  readonly faults: readonly string[];
}

/** The data that a pruning deletes, or would delete in a dry run. */
export interface PrunedHistory {
  readonly dry_run: boolean;
  readonly removed: {
    readonly runs: number;
    readonly answers: number;
    /** Replies of judges. */
    readonly judgements: number;
    /** Production traces. */
    readonly traces: number;
    /** Copies of the store that earlier versions of evals left, as paths relative to the root. */
    readonly files: readonly string[];
  };
  /** Number of runs that are still listed but whose answers were deleted. */
  readonly emptied: number;
  /** Ids of runs that are old enough but belong to a baseline or tag. */
  readonly kept: readonly string[];
  /**
   * Whether the deleted data is gone from the store's files, too. False while another process still reads an older
   * state of the files; null when nothing was deleted.
   */
  readonly erased: boolean | null;
}
