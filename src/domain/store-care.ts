/** What a history amounts to. */
export interface HistorySize {
  readonly runs: number;
  readonly answers: number;
  /** Replies of judges. */
  readonly judgements: number;
  /** Of production. */
  readonly traces: number;
  /** ISO 8601, UTC: when the oldest and the newest run began; null for none. */
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly bytes: number;
  /** Path from the project's root. */
  readonly path: string;
  /** Files of earlier versions that are beside it, as paths from the root. */
  readonly earlier: readonly { readonly path: string; readonly bytes: number }[];
}

/** Whether a history is sound. */
export interface HistoryCheck {
  readonly path: string;
  /** One sentence for each damage; empty when it is sound. */
  readonly faults: readonly string[];
}

/** What a pruning took, or would take. */
export interface PrunedHistory {
  readonly dry_run: boolean;
  readonly removed: {
    readonly runs: number;
    readonly answers: number;
    /** Replies of judges. */
    readonly judgements: number;
    /** Of production. */
    readonly traces: number;
    /** Copies of earlier versions, as paths from the root. */
    readonly files: readonly string[];
  };
  /** Runs whose answers were taken, and which are listed as before. */
  readonly emptied: number;
  /** Runs that are old enough, and under a baseline or tag. */
  readonly kept: readonly string[];
  /** False while another process still reads an older state of the files; null where nothing was to be done. */
  readonly erased: boolean | null;
}
