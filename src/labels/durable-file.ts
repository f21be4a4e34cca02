import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { EvalsError } from "../domain/problem.ts";
import { fileProblem, notADirectory } from "../project/file-problems.ts";
import { readRegularFile } from "../project/regular-file.ts";
import { unwritableReason } from "../project/unwritable-reason.ts";

/**
 * Replaces a file atomically: readers see the whole old or the whole new text, even if the process is killed.
 *
 * @param root absolute; `path` is relative to it
 * @throws {EvalsError} EVALS_FILE_UNWRITABLE
 */
export function replaceFile(root: string, path: string, text: string): void {
  const place = join(root, path);
  writing(path, () => {
    mkdirSync(dirname(place), { recursive: true });
    const fresh = `${place}.new`;
    const handle = openSync(fresh, "w");
    try {
      writeAll(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(fresh, place);
  });
}

/**
 * Appends a line and waits until it is on disk. If the last line has no line feed, one is added first.
 *
 * @throws {EvalsError} EVALS_FILE_UNWRITABLE
 */
export function appendLine(root: string, path: string, line: string): void {
  const place = join(root, path);
  writing(path, () => {
    mkdirSync(dirname(place), { recursive: true });
    const handle = openSync(place, "a+");
    try {
      writeAll(handle, `${endsInLine(handle) ? "\n" : ""}${line}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  });
}

/** A file's bytes; empty when it does not exist. @throws {EvalsError} when it cannot be read */
export function bytesOf(root: string, path: string): Buffer {
  try {
    return readRegularFile(join(root, path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return Buffer.alloc(0);
    const problem = code === "ENOTDIR" ? notADirectory(dirname(path)) : fileProblem(path, error);
    throw new EvalsError(problem, { cause: error });
  }
}

function writing(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new EvalsError(
      {
        code: "EVALS_FILE_UNWRITABLE",
        path,
        what: `This file cannot be written: ${unwritableReason(error)}.`,
        why: "What a person or a judge said would be lost.",
        fix: "Make sure that the file can be written (free space, permissions), then give the same command again.",
      },
      { cause: error },
    );
  }
}

function endsInLine(handle: number): boolean {
  const { size } = fstatSync(handle);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(handle, last, 0, 1, size - 1) === 1 && last[0] !== 10;
}

function writeAll(handle: number, text: string): void {
  const bytes = Buffer.from(text, "utf8");
  for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
}
