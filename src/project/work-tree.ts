import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { EvalsError } from "../domain/problem.ts";
import { foundAt } from "../modules/is-file.ts";
import { fileProblem, notADirectory } from "./file-problems.ts";
import type { FileEntry, FileSource, OpenBytes } from "./file-source.ts";
import { readRegularFile, refuseOtherThanFile } from "./regular-file.ts";

/**
 * The files on disk.
 *
 * @param root absolute path of the project root
 * @param gitRoot absolute path of the repository's root; nothing above it is read
 */
export function workTree(root: string, gitRoot: string = root): FileSource {
  const absolute = (path: string): string => resolve(root, path);
  const isOutside = (path: string): boolean => {
    const fromTop = relative(gitRoot, absolute(path));
    return fromTop === ".." || fromTop.startsWith(`..${sep}`) || resolve(fromTop) === fromTop;
  };
  return {
    root,
    list: (folder, options) => listFolder(root, folder, options?.recursive ?? false),
    read: (path) => attempt(path, () => readRegularFile(absolute(path))),
    exists: (path) => {
      try {
        return !statSync(absolute(path)).isDirectory();
      } catch (error) {
        return !isAbsent(error);
      }
    },
    size: (path) => foundAt(absolute(path))?.size,
    openBytes: (path) => openFile(path, absolute(path)),
    isOutside,
  };
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new EvalsError(fileProblem(path, error), { cause: error });
  }
}

/** Error codes for a path that does not or cannot exist. */
const ABSENT = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"]);

function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code !== undefined && ABSENT.has(code);
}

function listFolder(root: string, folder: string, recursive: boolean): FileEntry[] {
  const entries: FileEntry[] = [];
  let found: ReturnType<typeof readEntries>;
  try {
    found = readEntries(join(root, folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new EvalsError(folderProblem(folder, error), { cause: error });
  }
  for (const entry of found) {
    const path = `${folder}/${entry.name}`;
    entries.push({ path, directory: entry.isDirectory() });
    if (recursive && entry.isDirectory()) entries.push(...listFolder(root, path, true));
  }
  return entries;
}

function readEntries(folder: string) {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function folderProblem(folder: string, error: unknown) {
  return (error as NodeJS.ErrnoException).code === "ENOTDIR"
    ? notADirectory(folder)
    : fileProblem(folder, error);
}

function openFile(path: string, absolute: string): OpenBytes {
  attempt(path, () => refuseOtherThanFile(absolute));
  const handle = attempt(path, () => openSync(absolute, "r"));
  return {
    size: fstatSync(handle).size,
    readAt: (offset, length) => {
      const buffer = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const got = attempt(path, () => readSync(handle, buffer, filled, length - filled, offset + filled));
        if (got === 0) break;
        filled += got;
      }
      return filled === length ? buffer : buffer.subarray(0, filled);
    },
    close: () => closeSync(handle),
  };
}
