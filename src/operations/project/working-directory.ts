import { statSync } from "node:fs";
import { resolve } from "node:path";
import { EvalsError } from "../../domain/problem.ts";
import type { Environment } from "../environment.ts";

/**
 * Checks that `-C` names a directory. Otherwise the project would be looked for in the folders above, and a wrong
 * project could be used.
 *
 * @throws {EvalsError} EVALS_DIRECTORY_UNKNOWN
 */
export function requireDirectory(io: Environment, directory: string | undefined): void {
  if (directory === undefined) return;
  const found = statSync(resolve(io.cwd, directory), { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  throw new EvalsError({
    code: "EVALS_DIRECTORY_UNKNOWN",
    what: `"${directory}" ${found === undefined ? "does not exist" : "is not a directory"}.`,
    why: "-C names the directory to work in.",
    fix: "Name a directory: an absolute path, or a path relative to the working directory.",
  });
}
