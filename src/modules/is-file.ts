import { existsSync, type Stats, statSync } from "node:fs";

/**
 * What is at the path: a file, a directory or something else. Undefined when nothing is there, or when the path is
 * impossible: too long, or with a NUL character.
 */
export function foundAt(path: string): Stats | undefined {
  return existsSync(path) ? statSync(path) : undefined;
}

/**
 * Whether there is a file at the path. False, without an error, for an impossible path, and for a path in which a
 * file takes the place of a directory.
 */
export function isFile(path: string): boolean {
  return foundAt(path)?.isFile() === true;
}

/** The kind of thing at the path, for instance "a directory"; undefined when it is a file or nothing is there. */
export function otherThanFile(path: string): string | undefined {
  const found = foundAt(path);
  if (found === undefined || found.isFile()) return undefined;
  return found.isDirectory() ? "a directory" : "a pipe, a socket or a device";
}
