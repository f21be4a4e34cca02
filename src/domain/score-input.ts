import type { Case } from "./case.ts";
import type { Transcript } from "./transcript.ts";

/** What one scorer reads of one answered trial. */
export interface ScoreInput {
  readonly golden: Case;
  /** From 1. */
  readonly trial: number;
  readonly transcript: Transcript;
  /** Case and transcript before personal data was taken out: only while a run is under way, and never kept. */
  readonly unredacted?: { readonly golden: Case; readonly transcript: Transcript } | undefined;
  /** Which of several independent opinions of one answer is asked of models, from 1; absent in a run, which asks the first. */
  readonly opinion?: number;
}
