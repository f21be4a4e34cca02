/** The result of importing another tool's labels. */
export interface ImportedLabels {
  readonly suite: string;
  /** The file of labels that was changed. */
  readonly path: string;
  readonly added: number;
  /** Number of labels whose rater had given another verdict before. */
  readonly updated: number;
  /** Number of imported labels that the file of labels already had. */
  readonly unchanged: number;
  /** Number of imported labels that are older than the file's label of the same rater for the same answer. */
  readonly older: number;
  /** Number of answers in the other tool's file that have no label. */
  readonly open: number;
  /** Number of labels in the other tool's file that a later label in the same file replaces: same rater, same answer. */
  readonly repeated: number;
  /** Which of the imported labels measure no judge of the suite, and what to do about it. */
  readonly notes: readonly string[];
  readonly raters: readonly { readonly rater: string; readonly labels: number; readonly skipped: number }[];
}
