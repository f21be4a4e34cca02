import type { Problem } from "../domain/problem.ts";

/**
 * Mistakes as a person reads them, each with its place, and a last line that counts them. Ends with a line feed.
 * @param ending what became of the command, for the last line
 * Nothing in a problem can start a line of its own or control the terminal.
 */
export function formatProblems(problems: readonly Problem[], ending = "nothing was run"): string {
  const files = new Set(problems.map((problem) => problem.path).filter((path) => path !== undefined)).size;
  const where = files === 0 ? "" : ` in ${files} ${files === 1 ? "file" : "files"}`;
  const told = problems.filter(({ code }) => code !== "EVALS_MORE_PROBLEMS").length;
  const count = `${told} ${told === 1 ? "problem" : "problems"}${where}; ${ending}.`;
  return [...problems.map((problem) => formatProblem(problem, "error")), `${count}\n`].join("\n");
}

/** One mistake or warning: place, what, why, fix, one line each. Ends with a line feed. */
export function formatProblem(problem: Problem, kind: "error" | "warning"): string {
  const lines = [
    `${kind}: ${plain(problem.what)}  [${problem.code}]`,
    `  why: ${plain(problem.why)}`,
    `  fix: ${plain(problem.fix)}`,
  ];
  if (problem.path !== undefined) lines.unshift(plain(placeOf(problem)));
  return `${lines.join("\n")}\n`;
}

function placeOf({ path = "", line, column }: Problem): string {
  if (line === undefined) return path;
  return column === undefined ? `${path}:${line}` : `${path}:${line}:${column}`;
}

/** One line without control characters: what a file holds must not move the cursor or forge a line. */
function plain(text: string): string {
  return text.replace(/\r?\n/g, " ⏎ ").replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, "\uFFFD");
}
