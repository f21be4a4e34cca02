import type { Problem } from "../../domain/problem.ts";
import type { RunReport } from "../../domain/report.ts";
import { runJson } from "./run-json.ts";

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
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** What each command's document holds when it could not do its work. */
const EMPTY: Readonly<Record<string, object>> = {
  run: { runs: [] },
  diff: { verdict: null, comparisons: [] },
};

/** A command that ended with mistakes, under `--json`. */
export function mistakesDocument(command: string, exit: number, problems: readonly Problem[]): string {
  const document = {
    schema: `evals.${command || "run"}/1`,
    exit,
    ...EMPTY[command || "run"],
    problems: problems.map(problemJson),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

export function problemJson(problem: Problem): object {
  const { code, path = null, line = null, column = null, what, why, fix } = problem;
  return { code, path, line, column, what, why, fix };
}
