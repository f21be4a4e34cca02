import type { RunHeader } from "./run.ts";

/** One suite's baseline, as a promotion made it or would make it. */
export interface PromotedSuite {
  /** Of the run that the baseline is made of. */
  readonly header: RunHeader;
  /** The baseline's file, relative to the project's root. */
  readonly path: string;
  /** Cases that the new baseline holds. */
  readonly cases: number;
  /** Target of the baseline before; null where this is the suite's first. */
  readonly was: string | null;
  /** Cases whose share of passed trials went up, and those where it went down. */
  readonly better: number;
  readonly worse: number;
  /** Of the run, as a share in [0, 1]; null when it is unknown. */
  readonly pass_rate: number | null;
  /** The regression that is accepted, by root fingerprints; null when none is. */
  readonly accepted: { readonly from: string; readonly to: string; readonly why: string } | null;
  /** What adding the run to the baseline before did, in cases; null when the run replaces it. */
  readonly grown: {
    readonly grown: number;
    readonly replaced: number;
    readonly added: number;
    readonly dropped: number;
  } | null;
  /** The file of answers beside the baseline: written, or removed. Null when there is none. */
  readonly answers: { readonly path: string; readonly kept: boolean } | null;
}

/** What `evals promote` did, or would do. */
export interface Promotion {
  readonly promoted: readonly PromotedSuite[];
  /** Whole hash; null when nothing was committed. */
  readonly commit: string | null;
  /** `evals/<name>`; null without a name. */
  readonly tag: string | null;
  /** Nothing was written, for nothing was to be. */
  readonly dry: boolean;
}
