import { conflictProblem, isConflictMarker } from "./file-text.ts";
import { EvalsError, type Problem } from "./problem.ts";

/** A row with the number of its first line. */
export interface CsvRow {
  readonly cells: readonly string[];
  /** From 1. */
  readonly line: number;
}

export interface CsvTable {
  /** All rows, the header included. Blank lines, and columns at the end without a name or content, are left out. */
  readonly rows: readonly CsvRow[];
  /** One character. */
  readonly separator: string;
}

/** How mistakes in one kind of table are reported. */
export interface CsvFormat {
  readonly path: string;
  readonly code: string;
  /** Name of a column that every table of this kind has. The separator is recognized by this column. */
  readonly column: string;
}

/** The separators used by spreadsheets of different countries. */
const SEPARATORS = [
  { sign: ",", name: "commas" },
  { sign: ";", name: "semicolons" },
  { sign: "\t", name: "tabs" },
  { sign: "|", name: "bars" },
] as const;

/**
 * Parses a table separated by commas, semicolons, tabs or bars. The separator is recognized by the header, or stated
 * in a line `sep=;` above the header. Quotes are doubled inside quotes; lines end in LF or CRLF.
 *
 * @param text without a byte order mark
 * @throws {EvalsError} at an unclosed quote
 */
export function readCsv(text: string, format: CsvFormat): CsvTable {
  const { problem, ...table } = scanCsv(text, format);
  if (problem !== undefined) throw new EvalsError(problem);
  return table;
}

/**
 * Like `readCsv`, but an unclosed or misplaced quote is not thrown: the result has its `problem`, and the rows before
 * the quote.
 */
export function scanCsv(text: string, format: CsvFormat): CsvTable & { readonly problem?: Problem } {
  const unix = text.includes("\n") ? text : text.replaceAll("\r", "\n");
  const stated = /^"?sep=([^"\r\n])"?\r?\n/i.exec(unix);
  const separator = stated?.[1] ?? separatorOf(unix, format.column);
  const { rows, mistake } = new CsvScan(unix, separator, stated === null ? 0 : stated[0].length).rows();
  const conflict = rows.find(({ cells }) => isConflictMarker(cells[0] ?? ""));
  if (conflict !== undefined) throw new EvalsError(conflictProblem(format.path, conflict.line));
  const table = { rows: withoutEmptyColumns(rows), separator };
  return mistake === undefined
    ? table
    : { ...table, problem: { code: format.code, path: format.path, ...mistake } };
}

/** Removes columns at the end without a name or content, which spreadsheets may write. */
function withoutEmptyColumns(rows: readonly CsvRow[]): readonly CsvRow[] {
  const header = rows[0]?.cells ?? [];
  const width = header.findLastIndex((cell) => cell.trim() !== "") + 1;
  if (width === header.length) return rows;
  return rows.map(({ cells, line }) => {
    const isEmpty = cells.slice(width).every((cell) => cell.trim() === "");
    return { cells: isEmpty ? cells.slice(0, width) : cells, line };
  });
}

function separatorOf(text: string, column: string): string {
  const header = text.split("\n").find((line) => line.trim() !== "") ?? "";
  const found = SEPARATORS.find(({ sign }) =>
    header.split(sign).some(
      (cell) =>
        cell
          .trim()
          .replace(/^"(.*)"$/, "$1")
          .trim() === column,
    ),
  );
  return (found ?? SEPARATORS[0]).sign;
}

/** The problem of a row with another number of cells than the header, worded for someone who sees only the row. */
export function raggedRowProblem(
  { cells, line }: CsvRow,
  columns: number,
  { format, separator }: { readonly format: CsvFormat; readonly separator: string },
): Problem {
  const other = SEPARATORS.find(({ sign }) => cells.length === 1 && cells[0]?.split(sign).length === columns);
  const name = SEPARATORS.find(({ sign }) => sign === separator)?.name ?? `"${separator}"`;
  return {
    code: format.code,
    path: format.path,
    line,
    column: 1,
    what:
      other === undefined
        ? `This row has ${cells.length} cells; the first line has ${columns}.`
        : `The cells of this row are separated by ${other.name}, those of the first line by ${name}.`,
    why: "Cells would be read under the wrong column.",
    fix:
      other === undefined
        ? `Put quotes around a cell that contains the separator: "a${separator} b"`
        : "Separate the cells of all lines by the same character.",
  };
}

type Mistake = Pick<Problem, "what" | "why" | "fix"> & { readonly line: number; readonly column: number };

const WHY = "The rest of the file cannot be read before this quote is corrected.";
const FIX = 'Put quotes around the whole cell and double the quotes inside it: "she said ""yes"""';

class CsvScan {
  readonly #text: string;
  readonly #separator: string;
  #at: number;
  #line = 1;
  #lineStart = 0;

  /** @param start position of the table in `text`; lines before this position count in line numbers */
  constructor(text: string, separator: string, start: number) {
    this.#text = text;
    this.#separator = separator;
    this.#at = 0;
    this.#goTo(start);
  }

  rows(): { readonly rows: CsvRow[]; readonly mistake?: Mistake } {
    const rows: CsvRow[] = [];
    while (this.#at < this.#text.length) {
      const line = this.#line;
      const start = this.#at;
      const cells: string[] = [];
      do {
        const cell = this.#text[this.#at] === '"' ? this.#quoted() : this.#plain();
        if (typeof cell !== "string") return { rows, mistake: cell };
        cells.push(cell);
      } while (this.#take(this.#separator));
      const isEmpty =
        cells.every((cell) => cell.trim() === "") && !this.#text.slice(start, this.#at).includes('"');
      this.#take("\r");
      this.#take("\n");
      if (!isEmpty) rows.push({ cells, line });
    }
    return { rows };
  }

  #take(letter: string): boolean {
    if (this.#text[this.#at] !== letter) return false;
    this.#goTo(this.#at + 1);
    return true;
  }

  #goTo(next: number): void {
    const passed = this.#text.slice(this.#at, next);
    for (let feed = passed.indexOf("\n"); feed !== -1; feed = passed.indexOf("\n", feed + 1)) {
      this.#line++;
      this.#lineStart = this.#at + feed + 1;
    }
    this.#at = next;
  }

  #plain(): string | Mistake {
    let end = this.#at;
    while (end < this.#text.length && !this.#endsCell(end)) {
      if (this.#text[end] === '"') return this.#mistake(end, "A quote is in the middle of a cell.");
      end++;
    }
    const cell = this.#text.slice(this.#at, end);
    this.#goTo(end);
    return cell;
  }

  /** Whether a cell ends before this position. */
  #endsCell(at: number): boolean {
    const letter = this.#text[at];
    if (letter === undefined || letter === this.#separator || letter === "\n") return true;
    return letter === "\r" && (this.#text[at + 1] === "\n" || this.#text[at + 1] === undefined);
  }

  #quoted(): string | Mistake {
    const start = this.#at;
    let end = this.#text.indexOf('"', start + 1);
    while (end !== -1 && this.#text[end + 1] === '"') end = this.#text.indexOf('"', end + 2);
    if (end === -1) return this.#mistake(start, "A quote is opened here and never closed.");
    if (!this.#endsCell(end + 1)) return this.#wronglyClosed(start, end);
    const cell = this.#text.slice(start + 1, end).replaceAll('""', '"');
    this.#goTo(end + 1);
    return cell;
  }

  #wronglyClosed(start: number, end: number): Mistake {
    const feeds = this.#text.slice(start, end).split("\n").length - 1;
    return this.#mistake(
      start,
      feeds === 0
        ? `The quote that is opened here is closed in column ${end - this.#lineStart + 1}, before the cell ends.`
        : `A quote is opened here, and the next quote, on line ${this.#line + feeds}, does not end the cell.`,
    );
  }

  #mistake(at: number, what: string): Mistake {
    return { line: this.#line, column: at - this.#lineStart + 1, what, why: WHY, fix: FIX };
  }
}
