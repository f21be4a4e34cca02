import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/**
 * Locates a program: a name with a path separator is a path relative to `root`, a name without one is searched in
 * PATH.
 *
 * @returns undefined when there is no executable
 */
export function findProgram(
  name: string,
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (/[\\/]/.test(name)) return firstRunnable(resolve(root, name), env);
  for (const directory of (env.PATH ?? env.Path ?? "").split(delimiter)) {
    const found = directory === "" ? undefined : firstRunnable(join(directory, name), env);
    if (found !== undefined) return found;
  }
  return undefined;
}

function firstRunnable(path: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const endings = process.platform === "win32" ? ["", ...(env.PATHEXT ?? ".EXE").split(";")] : [""];
  return endings.map((ending) => path + ending).find(isRunnable);
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
