/** What became of labels that another tool wrote. */
export interface ImportedLabels {
  readonly suite: string;
  /** The file of labels that they went into. */
  readonly path: string;
  readonly added: number;
  /** Said otherwise before by the same rater. */
  readonly updated: number;
  /** There already. */
  readonly unchanged: number;
  /** Older than what is there. */
  readonly older: number;
  /** Answers that nobody has judged yet. */
  readonly open: number;
  /** Judgements that a later one of the same rater for the same answer replaces. */
  readonly repeated: number;
  readonly raters: readonly { readonly rater: string; readonly labels: number; readonly skipped: number }[];
}
