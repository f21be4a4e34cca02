import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { dirname, relative, sep } from "node:path";
import { EvalsError } from "../../domain/problem.ts";
import { unwritableReason } from "../../project/unwritable-reason.ts";

/** Writes a text in chunks, creating its folder. @throws {EvalsError} EVALS_EXPORT_UNWRITABLE */
export async function writePieces(
  file: string,
  pieces: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  const handle = attempt(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, "w");
  });
  try {
    for await (const piece of pieces) attempt(file, () => writeSync(handle, piece));
  } finally {
    closeSync(handle);
  }
}

/** Writes a file and its folder. @throws {EvalsError} EVALS_EXPORT_UNWRITABLE */
export function writeBytes(file: string, bytes: Uint8Array): void {
  attempt(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  });
}

function attempt<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new EvalsError(
      {
        code: "EVALS_EXPORT_UNWRITABLE",
        path: file,
        what: `This file cannot be written: ${unwritableReason(error)}.`,
        why: "The export would be lost.",
        fix: "Name a file that can be written: --out <file>",
      },
      { cause: error },
    );
  }
}

/** A file's path relative to a folder, or its absolute path when it is outside of the folder. */
export function shownFrom(cwd: string, file: string): string {
  const path = relative(cwd, file);
  return path.startsWith("..") ? file : path.split(sep).join("/");
}
