import type { Label } from "./label.ts";

/** How answers are picked for labelling. */
export type AnswerPicking = "random" | "stratified" | "disputed" | "adjudicate";

/** What a person is asked to judge. Names and ids come from users, so they must be escaped when shown. */
export interface LabellingTask {
  readonly suite: string;
  /** Id of the run whose answers are judged. */
  readonly run: string;
  /** The suite or run as named by the user. */
  readonly word: string;
  readonly how: AnswerPicking;
  /** Maximum number of answers to pick. */
  readonly count: number;
  /** The judge to be measured, if named. */
  readonly judge: string | undefined;
  readonly person: string;
  /** Number of answers to ask, and how many of them this person has judged before. */
  readonly questions: number;
  readonly judgedBefore: number;
  /** Conflicts about cases that are not in the run, so that they cannot be shown. */
  readonly elsewhere: number;
  /** The file of labels. */
  readonly path: string;
  /** The run's judges that the labels can measure. */
  readonly judges: readonly string[];
}

/** The progress of a labelling session. */
export interface LabellingProgress {
  /** Remaining answers, without skipped ones. */
  readonly left: number;
  readonly skipped: number;
  readonly counts: Readonly<Record<Label["verdict"], number>>;
  /** Of the answers asked twice, the share with equal verdicts; null when there is none. */
  readonly agreement: { readonly same: number; readonly of: number } | null;
}
