import type { Scorer } from "../domain/user-module.ts";
import type { BuiltInScorer, SuiteKeys } from "./expected/suite-types.ts";

/** A scorer that is a function in the suite's file, with its settings. */
export interface OwnScorer {
  readonly score: Scorer;
  /** Name of the scorer, unique in the suite; default: the function's name. */
  readonly name?: string;
  /** Whether a failure fails the trial; default true. */
  readonly required?: boolean;
  /** The lowest score with which an answer passes. */
  readonly threshold?: number;
  /** Settings that are passed to the function; default: {}. */
  readonly config?: unknown;
  /** Time limit for one answer; default 60s. */
  readonly timeout?: string;
}

/** The content of `evals/<suite>.ts`: the keys of a suite in YAML, but scorers may also be functions. */
export interface SuiteDefinition extends SuiteKeys {
  readonly scorers: readonly (BuiltInScorer | OwnScorer | Scorer)[];
}

/** A suite in TypeScript: `export default defineSuite({ … })` in `evals/<suite>.ts`. Its keys are those of a suite in YAML. */
export function defineSuite(suite: SuiteDefinition): SuiteDefinition {
  return suite;
}
