import type { Matrix } from "../../domain/matrix.ts";
import type { Problem } from "../../domain/problem.ts";
import type { RunReport } from "../../domain/report.ts";
import { type RunResult, runJson } from "./run-json.ts";

/** A mistake of the user: where it is, what is wrong, why it matters, how to mend it. */
export interface ProblemResult {
  /** Stable: `EVALS_…`; docs/troubleshooting.md explains each. */
  readonly code: string;
  /** Relative to the project's root; null when the mistake is in no file. */
  readonly path: string | null;
  /** From 1. */
  readonly line: number | null;
  /** From 1. */
  readonly column: number | null;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/** What every document has. */
export interface DocumentHead {
  /** 0 passed, 1 failed, 2 a mistake of the user, 3 undecided. */
  readonly exit: number;
  /** Absent when there are none. */
  readonly problems?: readonly ProblemResult[];
}

/** What `evals run --json` prints. */
export interface RunDocument extends DocumentHead {
  readonly schema: "evals.run/1";
  /** In the order in which they were run; empty when something was wrong before the first. */
  readonly runs: readonly RunResult[];
  /** The first suite that was run on several targets; absent where there is none. */
  readonly matrix?: Matrix;
  /** All of them, where there are several. */
  readonly matrices?: readonly Matrix[];
}

/**
 * One JSON document, ending with a line feed. What a terminal or a CI runner would obey in a model's text (control
 * characters that JSON leaves as they are, bidirectional tricks, `##[command]`) is written as its escape: the same text.
 */
export function documentText(document: object): string {
  return `${harmless(JSON.stringify(document, null, 2))}\n`;
}

/** The same as one line: one of many documents in a stream. */
export function documentLine(document: object): string {
  return `${harmless(JSON.stringify(document))}\n`;
}

function harmless(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|(?<=#)#(?=(?:vso)?\[)/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

export function runDocument(
  exit: number,
  reports: readonly RunReport[],
  matrices: readonly Matrix[] = [],
): RunDocument {
  const [matrix] = matrices;
  return {
    schema: "evals.run/1",
    exit,
    runs: reports.map(runJson),
    ...(matrix === undefined ? {} : { matrix }),
    ...(matrices.length > 1 ? { matrices } : {}),
  };
}

/** What each command's document holds when it could not do its work. */
const EMPTY: Readonly<Record<string, object>> = {
  run: { runs: [] },
  diff: { verdict: null, comparisons: [] },
  check: { suites: 0, cases: 0, warnings: [] },
  promote: { commit: null, tag: null, promoted: [] },
  rollback: { tag: null, commit: null, restored: [], removed: [], proofs: [] },
  history: { runs: [] },
  rescore: { run: null },
  store: {},
  escalation: { n: 0 },
  drift: { verdict: null, series: [] },
  ab: { verdict: null, metrics: [], strata: [] },
  import: { written: [], taken: {}, left: [], kept: [] },
};

/** The document of a command that ended with mistakes. */
export function mistakesDocument(command: string, exit: number, problems: readonly Problem[]): object {
  return {
    schema: `evals.${command || "run"}/1`,
    exit,
    ...EMPTY[command || "run"],
    problems: problems.map(problemJson),
  };
}

export function problemJson(problem: Problem): ProblemResult {
  const { code, path = null, line = null, column = null, what, why, fix } = problem;
  return { code, path, line, column, what, why, fix };
}
