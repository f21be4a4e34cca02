import { isUtf8 } from "node:buffer";
import { changedNumberProblems, halfCharacterProblems } from "../domain/changed-values.ts";
import { conflictProblem, encodingProblem, isConflictMarker, nulProblem } from "../domain/file-text.ts";
import { findJsonError } from "../domain/find-json-error.ts";
import { isDeeperThan } from "../domain/json-depth.ts";
import { HEAD_BYTES, lineFileProblem } from "../domain/line-file.ts";
import { EvalsError } from "../domain/problem.ts";
import { repeatedKeyProblems } from "../domain/repeated-keys.ts";
import { describeCase, isCase } from "./check-case.ts";
import {
  duplicateId,
  emptyDataset,
  MAX_DEPTH,
  type ProblemList,
  problemList,
  tooDeep,
} from "./dataset-problems.ts";
import type { OpenBytes } from "./file-source.ts";
import { parseYaml } from "./parse-yaml.ts";

/** The offsets of the cases in a file, without the cases themselves. */
export interface JsonlIndex {
  readonly ids: readonly string[];
  /** Byte offset of each case's line. */
  readonly starts: Float64Array;
  /** Byte length of each case's line, without line feed. */
  readonly lengths: Uint32Array;
  /** Line number of each case, from 1. */
  readonly lines: Uint32Array;
}

/** Bytes read at once. */
const CHUNK = 4 << 20;
/** A line with more characters is not parsed again to find the column of a mistake. */
const LONGEST_PLACED_LINE = 100_000;

/** Reads and checks every line of a JSON Lines file in one pass. @throws {EvalsError} with all its problems */
export function indexJsonl(bytes: OpenBytes, path: string): JsonlIndex {
  const head = bytes.readAt(0, Math.min(HEAD_BYTES, bytes.size));
  const whole = lineFileProblem(head, { path, code: "EVALS_DATASET_SYNTAX", noun: "case" });
  if (whole !== undefined) throw new EvalsError(whole);
  const problems = problemList(path);
  const builder = new IndexBuilder(path, problems);
  forEachLine(bytes, (buffer, start, end, offset, line) => {
    return builder.addLine(buffer, start, end, offset, line);
  });
  if (builder.isEmpty && problems.isEmpty) problems.add(emptyDataset(path));
  if (!problems.isEmpty) throw new EvalsError(problems.all());
  return builder.finish();
}

/** Receives one line as a range of a buffer. @returns whether to continue with the next line */
type LineVisitor = (buffer: Buffer, start: number, end: number, offset: number, line: number) => boolean;

/** Calls `visit` with the bytes of every line, however the chunks are split. A byte order mark is skipped. */
function forEachLine(bytes: OpenBytes, visit: LineVisitor): void {
  let line = 1;
  let buffer: Buffer = Buffer.alloc(0);
  /** Offset of the buffer's first byte in the file. */
  let base = 0;
  let next = 0;
  while (next < bytes.size || buffer.length > 0) {
    const atEnd = next >= bytes.size;
    const mark = base === 0 && startsWithMark(buffer) ? 3 : 0;
    let start = mark;
    for (let end = buffer.indexOf(10, start); end !== -1; end = buffer.indexOf(10, start)) {
      if (!visit(buffer, start, end, base + start, line)) return;
      start = end + 1;
      line++;
    }
    if (atEnd) {
      if (start < buffer.length) visit(buffer, start, buffer.length, base + start, line);
      return;
    }
    const rest = buffer.subarray(start === mark ? 0 : start);
    base = next - rest.length;
    // For a line longer than a chunk, the read size doubles, so that the time stays linear.
    const chunk = bytes.readAt(next, Math.min(Math.max(CHUNK, rest.length), bytes.size - next));
    if (chunk.length === 0) return;
    next += chunk.length;
    buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
  }
}

function startsWithMark(buffer: Buffer): boolean {
  return buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf;
}

class IndexBuilder {
  readonly #path: string;
  readonly #problems: ProblemList;
  readonly #ids: string[] = [];
  readonly #seen = new Set<string>();
  #starts = new Float64Array(1024);
  #lengths = new Uint32Array(1024);
  #lines = new Uint32Array(1024);
  #sawText = false;

  constructor(path: string, problems: ProblemList) {
    this.#path = path;
    this.#problems = problems;
  }

  get isEmpty(): boolean {
    return !this.#sawText;
  }

  /** @returns whether to read the next line */
  addLine(buffer: Buffer, start: number, end: number, offset: number, line: number): boolean {
    const bytes = buffer.subarray(start, end);
    if (!isUtf8(bytes)) {
      this.#sawText = true;
      this.#problems.add(encodingProblem(bytes, this.#path, line));
      return true;
    }
    const text = bytes.toString("utf8");
    const value = parseJson(text);
    if (value === undefined) return this.#addBadLine(text, bytes, line);
    this.#sawText = true;
    const repeated = repeatedKeyProblems(text, value, this.#path, line);
    for (const problem of repeated) this.#problems.add(problem);
    const changed = [
      ...changedNumberProblems(text, this.#path, line),
      ...halfCharacterProblems(text, this.#path, line),
    ];
    for (const problem of changed) this.#problems.add(problem);
    if (repeated.length + changed.length > 0) return true;
    if (text.length > 2 * MAX_DEPTH && isDeeperThan(text, MAX_DEPTH))
      this.#problems.add(tooDeep(this.#path, line));
    else if (isCase(value)) this.#addCase(value.id, offset, end - start, line);
    else this.#describe(value, text, line);
    return true;
  }

  #addCase(id: string, start: number, length: number, line: number): void {
    if (this.#seen.has(id)) {
      const firstLine = this.#lines[this.#ids.indexOf(id)] as number;
      this.#problems.add(duplicateId(id, this.#path, line, firstLine));
      return;
    }
    this.#seen.add(id);
    const index = this.#ids.push(id) - 1;
    if (index === this.#starts.length) this.#grow();
    this.#starts[index] = start;
    this.#lengths[index] = length;
    this.#lines[index] = line;
  }

  #grow(): void {
    const size = this.#starts.length * 2;
    const starts = new Float64Array(size);
    const lengths = new Uint32Array(size);
    const lines = new Uint32Array(size);
    starts.set(this.#starts);
    lengths.set(this.#lengths);
    lines.set(this.#lines);
    this.#starts = starts;
    this.#lengths = lengths;
    this.#lines = lines;
  }

  #addBadLine(text: string, bytes: Buffer, line: number): boolean {
    if (text.trim() === "") return true;
    this.#sawText = true;
    if (isConflictMarker(text)) {
      this.#problems.add(conflictProblem(this.#path, line));
      return false;
    }
    const nul = nulProblem(bytes, this.#path, line);
    if (nul !== undefined) {
      this.#problems.add(nul);
      return true;
    }
    const error = this.#problems.isFull ? undefined : findJsonError(text);
    this.#problems.add({
      code: "EVALS_DATASET_SYNTAX",
      path: this.#path,
      line,
      column: error?.column ?? 1,
      what: error?.what ?? "This line is not JSON.",
      why: "The case on this line cannot be asked.",
      fix: error?.fix ?? "Write one JSON object per line.",
    });
    return true;
  }

  #describe(value: unknown, text: string, line: number): void {
    if (this.#problems.isFull) return void this.#problems.add(duplicateId("", this.#path, line, line));
    // The keys are located by the YAML parser: JSON is valid YAML, and `JSON.parse` gives no locations.
    const inLine = text.length > LONGEST_PLACED_LINE ? undefined : parseYaml(text, this.#path).places;
    const places = {
      path: this.#path,
      at: (path: readonly PropertyKey[], on?: "key" | "value") => ({
        line,
        column: inLine?.at(path, on).column ?? 1,
      }),
    };
    for (const problem of describeCase(value, places)) this.#problems.add(problem);
  }

  finish(): JsonlIndex {
    const count = this.#ids.length;
    return {
      ids: this.#ids,
      starts: this.#starts.slice(0, count),
      lengths: this.#lengths.slice(0, count),
      lines: this.#lines.slice(0, count),
    };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
