import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suiteOfFile } from "../../project/suite-files.ts";

/** Names of the suites that have a file in the work tree, even if the file has mistakes. */
export function suiteNames(root: string): string[] {
  const folder = join(root, "evals");
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).flatMap(
    (file) => suiteOfFile(file, () => readFileSync(join(folder, file), "utf8")) ?? [],
  );
  return [...new Set(names)];
}
