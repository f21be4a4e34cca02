import type { Case, CaseSource } from "../domain/case.ts";
import { EvalsError } from "../domain/problem.ts";
import { isCase, toCase } from "./check-case.ts";
import type { FileSource, OpenBytes } from "./file-source.ts";
import { indexJsonl, type JsonlIndex } from "./jsonl-index.ts";

/** A dataset of up to this many bytes is kept in memory; a larger one is read from disk in chunks. */
const KEPT_WHOLE = 64 << 20;
/** Bytes read ahead while cases are read in order. */
const WINDOW = 256 << 10;

/** Opens a JSON Lines dataset; only ids and offsets are kept in memory. @throws {EvalsError} with all its problems */
export function openJsonl(files: FileSource, path: string, keptWhole: number = KEPT_WHOLE): CaseSource {
  const size = files.size(path);
  const bytes = size !== undefined && size <= keptWhole ? wholeFile(files.read(path)) : files.openBytes(path);
  try {
    return jsonlSource(bytes, path, indexJsonl(bytes, path));
  } catch (error) {
    bytes.close();
    throw error;
  }
}

function wholeFile(buffer: Buffer): OpenBytes {
  let kept: Buffer = buffer;
  return {
    size: buffer.length,
    readAt: (offset, length) => kept.subarray(offset, offset + length),
    close: () => {
      kept = Buffer.alloc(0);
    },
  };
}

function jsonlSource(bytes: OpenBytes, path: string, index: JsonlIndex): CaseSource {
  const readLine = lineReader(bytes);
  return {
    path,
    count: index.ids.length,
    id: (at) => index.ids[checked(at, index.ids.length)] as string,
    line: (at) => index.lines[checked(at, index.ids.length)] as number,
    read: (at) => {
      checked(at, index.ids.length);
      const text = readLine(index.starts[at] as number, index.lengths[at] as number);
      return parseAgain(text, index.ids[at] as string, path, index.lines[at] as number);
    },
    close: () => bytes.close(),
  };
}

function checked(index: number, count: number): number {
  if (!Number.isInteger(index) || index < 0 || index >= count)
    throw new RangeError(`no case ${index} of ${count}`);
  return index;
}

/**
 * Returns a function that reads a line. It reads ahead while lines are read in order, otherwise it reads only the
 * requested line.
 */
function lineReader(bytes: OpenBytes): (start: number, length: number) => string {
  let window: Buffer = bytes.readAt(0, 0);
  let from = 0;
  return (start, length) => {
    const end = from + window.length;
    if (start < from || start + length > end) {
      const inOrder = start >= from && start <= end + WINDOW;
      window = bytes.readAt(start, inOrder ? Math.max(WINDOW, length) : length);
      from = start;
    }
    return window.toString("utf8", start - from, start - from + length);
  };
}

function parseAgain(text: string, id: string, path: string, line: number): Case {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isCase(value) && value.id === id) return toCase(value);
  throw new EvalsError({
    code: "EVALS_DATASET_CHANGED",
    path,
    line,
    what: `This dataset has changed while it was read (case "${id}").`,
    why: "A run must ask the cases that it was planned with.",
    fix: "Do not change the file while a run reads it. The same command with --resume goes on with the run.",
  });
}
