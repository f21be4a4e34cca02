import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Names of the suites that have a file in the work tree, whether or not it can be read. */
export function suiteNames(root: string): string[] {
  const folder = join(root, "evals");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => /^(.+)\.ya?ml$/.exec(name)?.[1] ?? []);
}
