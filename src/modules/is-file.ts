import { existsSync, statSync } from "node:fs";

/** Whether a file can be read there; a path through a file, or one that no disk can have, is none. */
export function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** What is there instead of a file: "a directory"; undefined for a file, and where there is nothing. */
export function otherThanFile(path: string): string | undefined {
  const found = existsSync(path) ? statSync(path) : undefined;
  if (found === undefined || found.isFile()) return undefined;
  return found.isDirectory() ? "a directory" : "a pipe, a socket or a device";
}
