import type { Problem } from "../domain/problem.ts";

/**
 * Formats mistakes for people, each with its location, and a last line with their number. Ends with a line feed.
 * Nothing in a problem can start a new line or control the terminal.
 *
 * @param ending how the command ended, for the last line
 * @param width columns at which lines are folded; without it each part is one line, so that a log can be searched
 */
export function formatProblems(
  problems: readonly Problem[],
  ending = "nothing was run",
  width = Number.POSITIVE_INFINITY,
): string {
  const files = new Set(problems.map((problem) => problem.path).filter((path) => path !== undefined)).size;
  const where = files === 0 ? "" : ` in ${files} ${files === 1 ? "file" : "files"}`;
  const shownCount = problems.filter(({ code }) => code !== "EVALS_MORE_PROBLEMS").length;
  const count = `${shownCount} ${shownCount === 1 ? "problem" : "problems"}${where}; ${ending}.`;
  return [...problems.map((problem) => formatProblem(problem, "error", width)), `${count}\n`].join("\n");
}

/** Formats one mistake or warning: location, what, why, fix, one line each unless wider than `width`. Ends with a line feed. */
export function formatProblem(
  problem: Problem,
  kind: "error" | "warning",
  width = Number.POSITIVE_INFINITY,
): string {
  const fix = plain(problem.fix);
  const lines = [
    ...wrapped(`${kind}: ${plain(problem.what)}  [${problem.code}]`, width),
    ...wrapped(`  why: ${plain(problem.why)}`, width),
    ...wrapped(`  fix: ${fix}`, width, COMMAND.test(fix) ? BESIDE_COMMANDS : " "),
  ];
  if (problem.path !== undefined) lines.unshift(plain(placeOf(problem)));
  return `${lines.join("\n")}\n`;
}

/**
 * Matches a fix with a command that users paste. A command is never folded, because a line feed would break it; a
 * terminal wraps a long line without adding a line feed.
 */
const COMMAND = /(^|: )(evals|git|npx|npm|mkdir|mv|export|jq|chmod) /;
const BESIDE_COMMANDS = /(?<=[,;]|(?<!^ {2}fix):) | (?=\()/;
const HANG = " ".repeat("error: ".length);

/** Folds a line wider than `width` at `gap`; continuation lines are aligned with the text after the label. */
function wrapped(line: string, width: number, gap: string | RegExp = " "): string[] {
  const lines: string[] = [];
  let current = "";
  for (const [at, word] of line.split(gap).entries()) {
    const longer = at === 0 ? word : `${current} ${word}`;
    if (longer.length > width && current.trim() !== "") {
      lines.push(current.trimEnd());
      current = `${HANG}${word}`;
    } else current = longer;
  }
  return [...lines, current.trimEnd()];
}

function placeOf({ path = "", line, column }: Problem): string {
  if (line === undefined) return path;
  return column === undefined ? `${path}:${line}` : `${path}:${line}:${column}`;
}

/** One line without control characters, because a file's content must not move the cursor or fake a line. */
function plain(text: string): string {
  return text.replace(/\r?\n/g, " ⏎ ").replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, "\uFFFD");
}
