/**
 * The line of a program's stderr that says why it ended; empty when there is none. This is mostly the last line, but
 * what runs a program may write more below the error: Node its version and the error's properties, many a language
 * the calls that led there.
 */
export function lastWords(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trimEnd());
  while (lines.at(-1) === "") lines.pop();
  const last = lines.at(-1) ?? "";
  if (/^Node\.js v\d/.test(last)) return (uncaughtIn(lines.slice(0, -1)) ?? last).trim();
  const panic = lines.findLast((line) => line.startsWith("panic: "));
  if (panic !== undefined && lines.some((line) => /^goroutine \d+ \[/.test(line))) return panic;
  return (
    FRAME.test(last) ? (lines.findLast((line) => line !== "" && !FRAME.test(line)) ?? last) : last
  ).trim();
}

/** A call on a stack trace. */
const FRAME = /^\s+(?:at|from) \S/;

/** Node's message of an uncaught error, which it writes below the line of code with a mark under the place. */
function uncaughtIn(lines: readonly string[]): string | undefined {
  const mark = lines.findLastIndex((line) => /^\s*\^+$/.test(line));
  const below = mark === -1 ? undefined : lines.slice(mark + 1).find((line) => line !== "");
  const said = below ?? lines.findLast((line) => /^(?:Uncaught )?\[?\w*(?:Error|Exception)\b/.test(line));
  return (said ?? lines.findLast((line) => line !== ""))?.replace(/ \{$/, "");
}
