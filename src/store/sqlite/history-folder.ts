import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Makes `.evals` below the project root, ignored by git from its first moment: what a model answered and a customer asked is not
 * committed by a careless `git add --all`. A folder that is there stays as it is.
 */
export function makeHistoryFolder(root: string): void {
  const folder = join(root, ".evals");
  if (mkdirSync(folder, { recursive: true }) !== undefined) writeFileSync(join(folder, ".gitignore"), "*\n");
}
