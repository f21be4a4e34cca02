/** The result of importing another tool's labels. */
export interface ImportedLabels {
  readonly suite: string;
  /** The file of labels that was changed. */
  readonly path: string;
  readonly added: number;
  /** Labels whose rater had given another verdict before. */
  readonly updated: number;
  /** Labels that existed already. */
  readonly unchanged: number;
  /** Labels older than the existing ones. */
  readonly older: number;
  /** Answers without a label. */
  readonly open: number;
  /** Labels replaced by a later one of the same rater for the same answer. */
  readonly repeated: number;
  readonly raters: readonly { readonly rater: string; readonly labels: number; readonly skipped: number }[];
}
