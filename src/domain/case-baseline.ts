/** A distinct answer of a case, and the number of trials that gave it. */
export interface SideAnswer {
  readonly output: string;
  readonly trials: number;
  readonly pass: number;
}

/** A case in the baseline of a run. */
export interface CaseBaseline {
  /** For instance `run 3f9c21aa`, `evals/baselines/triage.jsonl at main`. */
  readonly side: string;
  /**
   * `name@version` of the baseline's prompt; null when the baseline had no prompt file, or when its prompt is
   * unknown.
   */
  readonly prompt: string | null;
  readonly passed: number;
  readonly answered: number;
  /** Most frequent answer first; null when the answers are not available. */
  readonly answers: readonly SideAnswer[] | null;
}
