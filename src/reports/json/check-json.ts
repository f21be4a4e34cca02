import type { Problem } from "../../domain/problem.ts";
import { type DocumentHead, type ProblemResult, problemJson } from "./documents.ts";

/** What `evals check --json` prints. */
export interface CheckDocument extends DocumentHead {
  readonly schema: "evals.check/1";
  readonly suites: number;
  readonly cases: number;
  readonly problems: readonly ProblemResult[];
  /** What deserves a look and stops nothing. */
  readonly warnings: readonly ProblemResult[];
  /** Aliases of models whose price nobody knows; absent when there are none. */
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
