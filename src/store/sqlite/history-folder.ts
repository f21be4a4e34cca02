import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Creates `.evals` below the project root and excludes it from git, so that `git add --all` does not commit answers
 * and customer data. An existing folder is not changed.
 */
export function makeHistoryFolder(root: string): void {
  const folder = join(root, ".evals");
  if (mkdirSync(folder, { recursive: true }) !== undefined) writeFileSync(join(folder, ".gitignore"), "*\n");
}
