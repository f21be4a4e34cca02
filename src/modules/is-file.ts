import { existsSync, type Stats, statSync } from "node:fs";

/**
 * The file, directory or other thing at the path; undefined when nothing is there, or when the path is impossible: too
 * long, or with a NUL.
 */
export function foundAt(path: string): Stats | undefined {
  return existsSync(path) ? statSync(path) : undefined;
}

/** Whether a file can be read at the path; false for a path through a file or an impossible name. */
export function isFile(path: string): boolean {
  return foundAt(path)?.isFile() === true;
}

/** The kind of thing at the path, for instance "a directory"; undefined when it is a file or nothing is there. */
export function otherThanFile(path: string): string | undefined {
  const found = foundAt(path);
  if (found === undefined || found.isFile()) return undefined;
  return found.isDirectory() ? "a directory" : "a pipe, a socket or a device";
}
