import type { Problem } from "../../domain/problem.ts";
import { type DocumentHead, type ProblemResult, problemJson } from "./documents.ts";

/** The output of `evals check --json`. */
export interface CheckDocument extends DocumentHead {
  readonly schema: "evals.check/1";
  readonly suites: number;
  readonly cases: number;
  readonly problems: readonly ProblemResult[];
  /** Problems that do not make the check fail. */
  readonly warnings: readonly ProblemResult[];
  /** Aliases of models with an unknown price; absent when there are none. */
  readonly unpriced?: readonly string[];
}

interface Checked {
  readonly suites: number;
  readonly cases: number;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly unpriced: readonly string[];
  readonly exit: number;
}

export function checkDocument({ suites, cases, problems, warnings, unpriced, exit }: Checked): CheckDocument {
  return {
    schema: "evals.check/1",
    exit,
    suites,
    cases,
    problems: problems.map(problemJson),
    warnings: warnings.map(problemJson),
    ...(unpriced.length === 0 ? {} : { unpriced }),
  };
}
