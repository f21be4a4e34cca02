import { isUtf8 } from "node:buffer";
import { closeSync, openSync, readSync } from "node:fs";
import { conflictProblem, encodingProblem, isConflictMarker, nulProblem } from "../domain/file-text.ts";
import { findJsonError } from "../domain/find-json-error.ts";
import { isDeeperThan, MAX_NESTED, tooDeepAt } from "../domain/json-depth.ts";
import { HEAD_BYTES, type LineFileName, lineFileProblem } from "../domain/line-file.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { repeatedKeyProblems } from "../domain/repeated-keys.ts";
import { membersOf } from "./chat-shapes.ts";

const BLOCK = 64 * 1024;
/** Number of cached blocks: enough for a file read at several positions in turn, 4 MiB in total. */
const KEPT_BLOCKS = 64;
const NEWLINE = 0x0a;

/** A growing array of numbers that needs no object per number. */
class GrowingNumbers {
  #values = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }
}

/**
 * Random access to the lines of a text file without loading it: memory use is 8 bytes per line plus 4 MiB of blocks.
 * The file is UTF-8; a byte order mark and carriage returns at line ends are removed.
 */
export class LineFile {
  readonly #file: number;
  /** The offset of each line, plus the end offset of the last line. */
  readonly #starts = new GrowingNumbers();
  readonly #blocks = new Map<number, Buffer>();
  #size = 0;

  /** @param path absolute. @throws {Error} of the file system when the file cannot be read */
  constructor(path: string) {
    this.#file = openSync(path, "r");
    this.#scan();
  }

  /** Number of lines, including blank ones. A final line end does not start another line. */
  get count(): number {
    return this.#starts.length - 1;
  }

  #scan(): void {
    const chunk = Buffer.allocUnsafe(1024 * 1024);
    let lineStart = 0;
    for (let read = readSync(this.#file, chunk, 0, chunk.length, 0); read > 0; ) {
      for (let at = chunk.indexOf(NEWLINE); at >= 0 && at < read; at = chunk.indexOf(NEWLINE, at + 1)) {
        this.#starts.push(lineStart);
        lineStart = this.#size + at + 1;
      }
      this.#size += read;
      read = readSync(this.#file, chunk, 0, chunk.length, this.#size);
    }
    if (lineStart < this.#size) {
      this.#starts.push(lineStart);
      lineStart = this.#size + 1;
    }
    this.#starts.push(lineStart);
  }

  #block(index: number): Buffer {
    const known = this.#blocks.get(index);
    if (known !== undefined) return known;
    const block = this.#freeBlock();
    readSync(this.#file, block, 0, block.length, index * BLOCK);
    this.#blocks.set(index, block);
    return block;
  }

  /**
   * A block to read into: a new one, or the oldest one when there are enough blocks. Blocks are reused because
   * memory outside of the heap is freed late, after tens of megabytes.
   */
  #freeBlock(): Buffer {
    const [oldest] = this.#blocks;
    if (this.#blocks.size < KEPT_BLOCKS || oldest === undefined) return Buffer.allocUnsafeSlow(BLOCK);
    this.#blocks.delete(oldest[0]);
    return oldest[1];
  }

  /** Bytes of the file. The result is valid only until the next read, which may reuse its block. */
  #bytes(start: number, end: number): Buffer {
    const index = Math.floor(start / BLOCK);
    const from = start - index * BLOCK;
    if (end <= (index + 1) * BLOCK) return this.#block(index).subarray(from, from + end - start);
    const whole = Buffer.allocUnsafe(end - start);
    readSync(this.#file, whole, 0, whole.length, start);
    return whole;
  }

  /** The first `HEAD_BYTES` bytes of the file; all of a shorter file. */
  head(): Buffer {
    return Buffer.from(this.#bytes(0, Math.min(HEAD_BYTES, this.#size)));
  }

  /** The bytes of a line. @param index from 0 */
  bytes(index: number): Buffer {
    const start = this.#starts.at(index);
    return Buffer.from(this.#bytes(start, Math.max(start, this.#starts.at(index + 1) - 1)));
  }

  /** The text of a line. @param index from 0 */
  text(index: number): string {
    const start = this.#starts.at(index);
    const end = this.#starts.at(index + 1) - 1;
    if (end <= start) return "";
    let text = this.#bytes(start, end).toString("utf8");
    if (text.charCodeAt(text.length - 1) === 13) text = text.slice(0, -1);
    return index === 0 && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  /** Closes the file, which cannot be read afterwards. */
  close(): void {
    closeSync(this.#file);
    this.#blocks.clear();
  }
}

/**
 * One line of a JSONL file. A `problem` is a line that is not a valid JSON object; `last` says that the lines
 * after it need not be read.
 */
export type ObjectLine =
  | { readonly kind: "object"; readonly members: Readonly<Record<string, unknown>>; readonly text: string }
  | { readonly kind: "blank" }
  | { readonly kind: "problem"; readonly problem: () => Problem; readonly last: boolean };

/** Refuses a file in which no line can be read. @throws {EvalsError} for such a file */
export function refuseOtherFile(file: LineFile, name: LineFileName): void {
  const problem = lineFileProblem(file.head(), name);
  if (problem !== undefined) throw new EvalsError(problem);
}

/**
 * Reads one line. The problem's text is built only on demand, because every line of a generated file may be wrong.
 *
 * @param index from 0
 * @param notObject builds the problem of a line that is not a JSON object, with the column of the error
 */
export function objectLine(
  file: LineFile,
  index: number,
  path: string,
  notObject: (column: number) => Problem,
): ObjectLine {
  const text = file.text(index);
  if (text === "" || text.trim() === "") return { kind: "blank" };
  const line = index + 1;
  // When a line has bytes that are not UTF-8, its text has this replacement character.
  if (text.includes("\uFFFD") && !isUtf8(file.bytes(index)))
    return { kind: "problem", last: false, problem: () => encodingProblem(file.bytes(index), path, line) };
  if (isConflictMarker(text))
    return { kind: "problem", last: true, problem: () => conflictProblem(path, line) };
  const members = parseObject(text);
  if (members === undefined) {
    return {
      kind: "problem",
      last: false,
      problem: () => nulProblem(file.bytes(index), path, line) ?? notObject(columnOfMistake(text)),
    };
  }
  const [repeated] = repeatedKeyProblems(text, members, path, line);
  if (repeated !== undefined) return { kind: "problem", last: false, problem: () => repeated };
  return { kind: "object", members, text };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (isDeeperThan(text, MAX_NESTED)) return undefined;
  try {
    return membersOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function columnOfMistake(text: string): number {
  const deep = tooDeepAt(text, MAX_NESTED);
  if (deep !== undefined) return deep + 1;
  return text.trimStart().startsWith("{") ? (findJsonError(text)?.column ?? 1) : 1;
}
