import type { RunHeader } from "./run.ts";

/** One suite's baseline as it was promoted, or would be in a dry run. */
export interface PromotedSuite {
  /** Header of the run from which the baseline is made. */
  readonly header: RunHeader;
  /** The baseline's file, relative to the project root. */
  readonly path: string;
  /** Number of cases in the new baseline. */
  readonly cases: number;
  /** Target of the previous baseline; null for the suite's first baseline. */
  readonly was: string | null;
  /** Number of cases whose share of passed trials rose (`better`), and of those whose share fell (`worse`). */
  readonly better: number;
  readonly worse: number;
  /** Pass rate of the new baseline, a share in [0, 1]; null when unknown. */
  readonly pass_rate: number | null;
  /** Pass rate of the previous baseline; null for the suite's first baseline. */
  readonly was_rate: number | null;
  /** The regression that the promotion accepts, between two root fingerprints; null when there is none. */
  readonly accepted: { readonly from: string; readonly to: string; readonly why: string } | null;
  /** Numbers of cases when the run was added to the previous baseline; null when the run replaces the baseline. */
  readonly grown: {
    /** Cases to which the run added trials. */
    readonly grown: number;
    /** Cases whose key has changed: their old trials were replaced by the run's. */
    readonly replaced: number;
    /** Cases that the previous baseline did not have. */
    readonly added: number;
    /** Cases of the previous baseline that the run does not have. */
    readonly dropped: number;
  } | null;
  /**
   * The file with the baseline's answers, and whether the file is kept or removed; null when there is no file of
   * answers.
   */
  readonly answers: { readonly path: string; readonly kept: boolean } | null;
}

/** The result of `evals promote` or its dry run. */
export interface Promotion {
  readonly promoted: readonly PromotedSuite[];
  /** Full hash; null when nothing was committed. */
  readonly commit: string | null;
  /** `evals/<name>`; null without a name. */
  readonly tag: string | null;
  /** Whether this was a dry run. */
  readonly dry: boolean;
}
