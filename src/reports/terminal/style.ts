import { Chalk } from "chalk";
import stringWidth from "string-width";

/** How the output is shown. */
export interface TerminalOptions {
  /** Width in columns; 80 when the output is not a terminal. */
  readonly width: number;
  readonly color: boolean;
}

/** Functions that colour a text. A colour only repeats what the words say. */
export interface Style {
  good(text: string): string;
  bad(text: string): string;
  unsure(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

export function styleFor(color: boolean): Style {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    good: (text) => chalk.green.bold(text),
    bad: (text) => chalk.red.bold(text),
    unsure: (text) => chalk.yellow.bold(text),
    strong: (text) => chalk.bold(text),
    faint: (text) => chalk.dim(text),
  };
}

/** Aligns text in columns. Each column is as wide as its widest cell, but the last column is not padded. */
export function columns(rows: readonly (readonly string[])[], gap = "   "): string[] {
  const lengths = rows.map((row) => row.slice(0, -1).map(lengthOf));
  const widths: number[] = [];
  for (const row of lengths)
    for (const [index, length] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, length);
  const padding = (row: number, cell: number): string => {
    const length = lengths[row]?.[cell];
    return length === undefined ? "" : " ".repeat((widths[cell] ?? length) - length);
  };
  return rows.map((row, at) =>
    row
      .map((cell, index) => cell + padding(at, index))
      .join(gap)
      .trimEnd(),
  );
}

/**
 * Matches a text whose characters are all one column wide: ASCII, Latin letters, dashes and quotes, arrows, box
 * drawing and blocks, and the marks of reports. Most texts match, so the table with the widths of all characters,
 * which is slow to load, is rarely needed.
 */
export const NARROW =
  /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2015\u2018-\u2026\u2190-\u2193\u2264\u2265\u2500-\u259f\u25cb\u25cf\u2713\u2717]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal begin with one
const COLOUR = /\u001b\[[\d;]*m/g;

/** The columns that a text takes in a terminal: colour codes take none, a Chinese character or an emoji two. */
export function lengthOf(text: string): number {
  const plain = text.includes("\u001b") ? text.replace(COLOUR, "") : text;
  return NARROW.test(plain) ? plain.length : stringWidth(text);
}
