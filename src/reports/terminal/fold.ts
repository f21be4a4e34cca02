import wrapAnsi from "wrap-ansi";
import { LETTERS_A_COLUMN } from "./cut.ts";
import { lengthOf } from "./style.ts";

/**
 * Folds a line that is wider than the terminal; words are never split.
 *
 * @param hang extra indentation of the continuation lines
 */
export function fold(line: string, width: number, hang = 2): string[] {
  if (lengthOf(line) <= width) return [line];
  const margin = marginOf(line);
  const lines: string[] = [];
  let current = margin;
  let length = margin.length;
  for (const word of line.slice(margin.length).split(" ")) {
    const more = lengthOf(word);
    if (current.trim() !== "" && length + more > width) {
      lines.push(current.trimEnd());
      current = margin + " ".repeat(hang);
      length = current.length;
    }
    current += `${word} `;
    length += more + 1;
  }
  return [...lines, current.trimEnd()];
}

/**
 * Folds a text into at most `limit` lines, at spaces or within a word that is longer than a line; `…` replaces
 * the rest.
 */
export function foldAnswer(text: string, width: number, limit: number): string[] {
  const margin = marginOf(text);
  const available = Math.max(1, width - margin.length);
  const read = text.slice(margin.length, margin.length + available * (limit + 1) * LETTERS_A_COLUMN);
  const lines = wrapAnsi(read, available, { hard: true }).split("\n");
  if (lines.length <= limit) return lines.map((line) => margin + line);
  const [last = ""] = wrapAnsi(lines[limit - 1] ?? "", Math.max(1, available - 2), { hard: true }).split(
    "\n",
  );
  return [...lines.slice(0, limit - 1), `${last} …`].map((line) => margin + line);
}

function marginOf(line: string): string {
  return /^ */.exec(line)?.[0] ?? "";
}
