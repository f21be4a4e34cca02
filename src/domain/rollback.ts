/** Whether a suite is again what its tag promised. */
export interface RollbackProof {
  /** With its target behind it where the suite lists several. */
  readonly suite: string;
  /** Root fingerprint that the tag names. */
  readonly promoted: string;
  /** That of the files as they are now; null when it cannot be computed. */
  readonly now: string | null;
  readonly equal: boolean;
  /** Why it cannot be computed. */
  readonly said?: string;
}

/** What `evals rollback` did, or would do. */
export interface Rollback {
  /** Whole name, `evals/v1`. */
  readonly tag: string;
  /** Whole hash; null when nothing was committed. */
  readonly commit: string | null;
  /** Paths relative to the project's root. */
  readonly restored: readonly string[];
  readonly removed: readonly string[];
  /** One for each promoted suite and model; none where nothing was to be written. */
  readonly proofs: readonly RollbackProof[];
  /** Nothing was written, for nothing was to be. */
  readonly dry: boolean;
}
