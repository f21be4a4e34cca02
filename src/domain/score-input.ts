import type { Case } from "./case.ts";
import type { Transcript } from "./transcript.ts";

/** The input of a scorer for one answered trial. */
export interface ScoreInput {
  readonly golden: Case;
  /** From 1. */
  readonly trial: number;
  readonly transcript: Transcript;
  /** Case and transcript before redaction; only during a run, and never stored. */
  readonly unredacted?: { readonly golden: Case; readonly transcript: Transcript } | undefined;
  /** Number of the independent opinion to ask models for, from 1; absent in a run, which asks for opinion 1. */
  readonly opinion?: number;
}
