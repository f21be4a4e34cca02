/** The check that a suite's files match its promotion tag again after a rollback. */
export interface RollbackProof {
  /** Name of the suite, with its target if it lists several. */
  readonly suite: string;
  /** Root fingerprint in the tag. */
  readonly promoted: string;
  /** Root fingerprint of the current files; null when it cannot be computed. */
  readonly now: string | null;
  readonly equal: boolean;
  /** Why the current fingerprint cannot be computed. */
  readonly said?: string;
}

/** The result of `evals rollback` or its dry run. */
export interface Rollback {
  /** Full name, `evals/v1`. */
  readonly tag: string;
  /** Full hash; null when nothing was committed. */
  readonly commit: string | null;
  /** Paths relative to the project root. */
  readonly restored: readonly string[];
  readonly removed: readonly string[];
  /** The check of each promoted suite and model after the rollback; empty for a dry run. */
  readonly proofs: readonly RollbackProof[];
  /** Whether this was a dry run. */
  readonly dry: boolean;
}
