import { existsSync, type Stats, statSync } from "node:fs";

/** What is there; undefined for nothing, and for a name that no disk can have: too long, or with a NUL in it. */
export function foundAt(path: string): Stats | undefined {
  return existsSync(path) ? statSync(path) : undefined;
}

/** Whether a file can be read there; a path through a file, or one that no disk can have, is none. */
export function isFile(path: string): boolean {
  return foundAt(path)?.isFile() === true;
}

/** What is there instead of a file: "a directory"; undefined for a file, and where there is nothing. */
export function otherThanFile(path: string): string | undefined {
  const found = foundAt(path);
  if (found === undefined || found.isFile()) return undefined;
  return found.isDirectory() ? "a directory" : "a pipe, a socket or a device";
}
