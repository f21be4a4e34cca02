import type { Problem } from "../../domain/problem.ts";
import type { RunReport } from "../../domain/report.ts";
import { runJson } from "./run-json.ts";

/**
 * One JSON document, ending with a line feed. What a terminal or a CI runner would obey in a model's text (control
 * characters that JSON leaves as they are, bidirectional tricks, `##[command]`) is written as its escape: the same text.
 */
export function documentText(document: object): string {
  const text = JSON.stringify(document, null, 2).replace(
    /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|(?<=#)#(?=(?:vso)?\[)/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${text}\n`;
}

/** `evals run --json`: one document, whatever happened. */
export function runDocument(
  exit: number,
  reports: readonly RunReport[],
  problems: readonly Problem[] = [],
): string {
  const document = {
    schema: "evals.run/1",
    exit,
    runs: reports.map(runJson),
    ...(problems.length === 0 ? {} : { problems: problems.map(problemJson) }),
  };
  return documentText(document);
}

/** What each command's document holds when it could not do its work. */
const EMPTY: Readonly<Record<string, object>> = {
  run: { runs: [] },
  diff: { verdict: null, comparisons: [] },
  import: { written: [], taken: {}, left: [], kept: [] },
};

/** A command that ended with mistakes, under `--json`. */
export function mistakesDocument(command: string, exit: number, problems: readonly Problem[]): string {
  const document = {
    schema: `evals.${command || "run"}/1`,
    exit,
    ...EMPTY[command || "run"],
    problems: problems.map(problemJson),
  };
  return documentText(document);
}

export function problemJson(problem: Problem): object {
  const { code, path = null, line = null, column = null, what, why, fix } = problem;
  return { code, path, line, column, what, why, fix };
}
