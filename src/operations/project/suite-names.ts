import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suiteOfFile } from "../../project/suite-files.ts";

/** Names of the suites with a file in the work tree, readable or not. */
export function suiteNames(root: string): string[] {
  const folder = join(root, "evals");
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).flatMap(
    (file) => suiteOfFile(file, () => readFileSync(join(folder, file), "utf8")) ?? [],
  );
  return [...new Set(names)];
}
