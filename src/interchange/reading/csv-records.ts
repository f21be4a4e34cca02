import { EvalsError } from "../../domain/problem.ts";
import type { SourceFiles } from "../imported.ts";

/** A row with the number of its first line. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** From 1. */
  readonly line: number;
}

const SEPARATORS = [",", ";", "\t", "|"];

/**
 * The rows of a table, including the header, read line by line however large the file is. Quoted cells may contain
 * line ends and doubled quotes. Blank rows are skipped.
 *
 * @param separator one character; by default the most frequent of comma, semicolon, tab and bar in the first line,
 *   outside of quotes
 * @throws {EvalsError} at an unclosed quote
 */
export async function* csvRecords(
  files: SourceFiles,
  path: string,
  separator?: string,
): AsyncGenerator<CsvRecord> {
  let sign = separator;
  let open: string[] = [];
  let begin = 1;
  let number = 0;
  for await (const text of files.lines(path)) {
    number++;
    const stated = number === 1 ? /^"?sep=([^"])"?$/i.exec(text.trim()) : null;
    if (stated !== null) {
      sign ??= stated[1];
      continue;
    }
    if (open.length === 0) begin = number;
    open.push(text);
    if (hasOpenQuote(text, sign, open.length > 1)) continue;
    const whole = open.join("\n");
    open = [];
    sign ??= mostFrequent(whole);
    const cells = cellsOf(whole, sign);
    if (cells.some((cell) => cell.trim() !== "")) yield { cells, line: begin };
  }
  if (open.length > 0) throw openQuote(path, begin);
}

/** Whether a cell continues on the next line. @param inside whether the line starts within a quoted cell */
function hasOpenQuote(line: string, separator: string | undefined, inside: boolean): boolean {
  let isInside = inside;
  let atBegin = !inside;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at];
    if (isInside) {
      if (letter !== '"') continue;
      if (line[at + 1] === '"') at++;
      else isInside = false;
    } else if (letter === '"' && atBegin) {
      isInside = true;
      atBegin = false;
    } else atBegin = separator === undefined ? SEPARATORS.includes(letter ?? "") : letter === separator;
  }
  return isInside;
}

function mostFrequent(header: string): string {
  const bare = header.replace(/"(?:[^"]|"")*"/g, "");
  const counts = SEPARATORS.map((sign) => bare.split(sign).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ",";
}

function cellsOf(text: string, separator: string): string[] {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    const cell = text[at] === '"' ? quotedCell(text, at, separator) : plainCell(text, at, separator);
    cells.push(cell.value);
    if (cell.end >= text.length) return cells;
    at = cell.end + 1;
  }
}

/** Text between the closing quote and the separator belongs to the cell. */
function quotedCell(text: string, from: number, separator: string): { value: string; end: number } {
  let value = "";
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') {
      const rest = plainCell(text, quote + 1, separator);
      return { value: value + rest.value, end: rest.end };
    }
    value += '"';
    at = quote + 2;
  }
}

function plainCell(text: string, from: number, separator: string): { value: string; end: number } {
  const found = text.indexOf(separator, from);
  const end = found === -1 ? text.length : found;
  return { value: text.slice(from, end), end };
}

function openQuote(path: string, line: number): EvalsError {
  return new EvalsError({
    code: "EVALS_IMPORT_SYNTAX",
    path,
    line,
    column: 1,
    what: "A quote opens in the row that begins here, and is never closed.",
    why: "The rest of the file would be one cell.",
    fix: "Close the quote; a quote inside of a quoted cell is written twice.",
  });
}
