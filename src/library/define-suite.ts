import type { Scorer } from "../domain/user-module.ts";
import type { BuiltInScorer, SuiteKeys } from "./expected/suite-types.ts";

/** A scorer of the suite's own, with what any scorer may say of itself. */
export interface OwnScorer {
  readonly score: Scorer;
  /** Unique in the suite; default: the function's own name. */
  readonly name?: string;
  /** Does a miss fail the trial? default true */
  readonly required?: boolean;
  /** Score from which on the answer passes. */
  readonly threshold?: number;
  /** Handed to the function; default {} */
  readonly config?: unknown;
  /** Longest time for one answer; default 60s */
  readonly timeout?: string;
}

/** `evals/<suite>.ts`: the keys of a suite in YAML, and functions among its scorers. */
export interface SuiteDefinition extends SuiteKeys {
  readonly scorers: readonly (BuiltInScorer | OwnScorer | Scorer)[];
}

/** A suite in TypeScript: `export default defineSuite({ … })` in `evals/<suite>.ts`. Its keys are those of a suite in YAML. */
export function defineSuite(suite: SuiteDefinition): SuiteDefinition {
  return suite;
}
