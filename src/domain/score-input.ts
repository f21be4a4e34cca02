import type { Case } from "./case.ts";
import type { Transcript } from "./transcript.ts";

/** What one scorer reads of one answered trial. */
export interface ScoreInput {
  readonly golden: Case;
  /** From 1. */
  readonly trial: number;
  readonly transcript: Transcript;
  /** Which of several independent opinions of one answer is asked of models, from 1; absent in a run, which asks the first. */
  readonly opinion?: number;
}
