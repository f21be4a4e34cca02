import { existsSync, statSync } from "node:fs";

/** Whether a file can be read there; a path through a file, or one that no disk can have, is none. */
export function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
