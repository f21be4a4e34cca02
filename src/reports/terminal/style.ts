import { Chalk } from "chalk";

/** Where text will be read. */
export interface TerminalOptions {
  /** Columns; 80 when the output is not a terminal. */
  readonly width: number;
  readonly color: boolean;
}

/** Colour only repeats what words say. */
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

/** Columns of text, each as wide as its widest cell; the last is not padded. */
export function columns(rows: readonly (readonly string[])[], gap = "   "): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      if (index < row.length - 1) widths[index] = Math.max(widths[index] ?? 0, lengthOf(cell));
    }
  }
  return rows.map((row) =>
    row
      .map((cell, index) =>
        index === row.length - 1
          ? cell
          : cell + " ".repeat(Math.max(0, (widths[index] ?? 0) - lengthOf(cell))),
      )
      .join(gap)
      .trimEnd(),
  );
}

/** Characters a terminal shows, colour left out. */
export function lengthOf(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour is written with control characters
  return Array.from(text.replace(/\u001b\[[0-9;]*m/g, "")).length;
}
