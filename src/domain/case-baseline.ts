/** One distinct answer of a case, and how many trials gave it. */
export interface SideAnswer {
  readonly output: string;
  readonly trials: number;
  readonly pass: number;
}

/** A case as the baseline of a run has it. */
export interface CaseBaseline {
  /** `run 3f9c21aa`, `evals/baselines/triage.jsonl at main`. */
  readonly side: string;
  readonly passed: number;
  readonly answered: number;
  /** Commonest first; null when they are not at hand. */
  readonly answers: readonly SideAnswer[] | null;
}
