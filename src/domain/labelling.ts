import type { Label } from "./label.ts";

/** How answers are picked for labelling. */
export type AnswerPicking = "random" | "stratified" | "disputed" | "adjudicate";

/**
 * The run and the answers that a person is asked to judge. Names and ids come from users, so they must be escaped when
 * shown.
 */
export interface LabellingTask {
  readonly suite: string;
  /** Id of the run whose answers are labelled. */
  readonly run: string;
  /** The suite or run as named by the user. */
  readonly word: string;
  readonly how: AnswerPicking;
  /** Maximum number of answers to pick. */
  readonly count: number;
  /** The judge that the labels will measure; undefined when the user named no judge. */
  readonly judge: string | undefined;
  readonly person: string;
  /** Number of answers to label. */
  readonly questions: number;
  /** How many of the answers to label the same person has labelled before. */
  readonly labelledBefore: number;
  /** Number of answers on which raters disagree and that cannot be shown, because their cases are not in the run. */
  readonly elsewhere: number;
  /** The file of labels. */
  readonly path: string;
  /** The run's judges that the labels can measure. */
  readonly judges: readonly string[];
}

/** The progress of a labelling session. */
export interface LabellingProgress {
  /** Number of remaining answers, without skipped ones. */
  readonly left: number;
  readonly skipped: number;
  readonly counts: Readonly<Record<Label["verdict"], number>>;
  /**
   * Number of answers that the person judged twice (`of`), and number of them that got the same verdict both times
   * (`same`). Null when the person judged no answer twice.
   */
  readonly agreement: { readonly same: number; readonly of: number } | null;
}
