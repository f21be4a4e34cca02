import type { Problem } from "../domain/problem.ts";

/**
 * Mistakes as a person reads them, each with its place, and a last line that counts them. Ends with a line feed.
 * @param ending what became of the command, for the last line
 * @param width columns to break lines at; without it each part is one line, which a log is searched by
 * Nothing in a problem can start a line of its own or control the terminal.
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

/** One mistake or warning: place, what, why, fix, a line each unless it is wider than `width`. Ends with a line feed. */
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

/** A fix that is to be pasted. The terminal breaks a long command so that it is still one; a line feed would cut it. */
const COMMAND = /(^|: )(evals|git|npx|npm|mkdir|mv|export|jq|chmod) /;
const BESIDE_COMMANDS = /(?<=[,;]|(?<!^ {2}fix):) | (?=\()/;
const HANG = " ".repeat("error: ".length);

/** Breaks at `gap` what is wider than `width`; what follows is below the words, not below `why:`. */
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

/** One line without control characters: what a file holds must not move the cursor or forge a line. */
function plain(text: string): string {
  return text.replace(/\r?\n/g, " ⏎ ").replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, "\uFFFD");
}
