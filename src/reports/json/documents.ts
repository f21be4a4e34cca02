import type { Matrix } from "../../domain/matrix.ts";
import type { Problem } from "../../domain/problem.ts";
import type { RunReport } from "../../domain/report.ts";
import { type RunResult, runJson } from "./run-json.ts";

/** A user's mistake: where it is, what is wrong, why it matters, how to fix it. */
export interface ProblemResult {
  /** A code that stays the same in later versions: `EVALS_…`, explained in docs/troubleshooting.md. */
  readonly code: string;
  /** Path of the file relative to the project root; null when the mistake is not in a file. */
  readonly path: string | null;
  /** Line in the file, from 1. */
  readonly line: number | null;
  /** Column in the line, from 1. */
  readonly column: number | null;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/** The members of every document. */
export interface DocumentHead {
  /** 0 passed, 1 failed, 2 a mistake of the user, 3 undecided. */
  readonly exit: number;
  /** Mistakes of the user; absent when there are none. */
  readonly problems?: readonly ProblemResult[];
}

/** The output of `evals run --json`. */
export interface RunDocument extends DocumentHead {
  readonly schema: "evals.run/1";
  /** The runs in the order of execution; empty when a mistake was found before the first one. */
  readonly runs: readonly RunResult[];
  /** The results of the first suite that was run on several targets; absent when there is no such suite. */
  readonly matrix?: Matrix;
  /** The results of every suite that was run on several targets; absent when there are fewer than two such suites. */
  readonly matrices?: readonly Matrix[];
}

/**
 * A JSON document with a final line feed. Characters in a model's text that a terminal or CI runner would interpret
 * (control characters, bidirectional controls, `##[command]`) are escaped; the parsed text is the same.
 */
export function documentText(document: object): string {
  return `${harmless(JSON.stringify(document, null, 2))}\n`;
}

/** Like `documentText`, but on one line, for a stream of documents. */
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

/**
 * For each command, the members that its document has after a mistake, besides the members that every document has.
 */
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

/** Commands whose document has the form of another command's. The empty name stands for a call without a command. */
const SAME_DOCUMENT: Readonly<Record<string, string>> = { "": "run", merge: "run" };

/** The document of a command that ended with mistakes. */
export function mistakesDocument(command: string, exit: number, problems: readonly Problem[]): object {
  const kind = SAME_DOCUMENT[command] ?? command;
  return {
    schema: `evals.${kind}/1`,
    exit,
    ...EMPTY[kind],
    problems: problems.map(problemJson),
  };
}

export function problemJson(problem: Problem): ProblemResult {
  const { code, path = null, line = null, column = null, what, why, fix } = problem;
  return { code, path, line, column, what, why, fix };
}
