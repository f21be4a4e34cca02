import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { EvalsError } from "../domain/problem.ts";

export const CONFIG_FILE = "evalconfig.yaml";

/** The roots of the project and its repository; both absolute. */
export interface ProjectRoot {
  readonly root: string;
  /** The nearest directory with `.git`, from the working directory upwards; null outside a repository. */
  readonly gitRoot: string | null;
}

/**
 * Finds the nearest directory with an evalconfig.yaml, from `cwd` upwards to the repository's root.
 *
 * @param cwd absolute
 * @throws {EvalsError} EVALS_NO_PROJECT
 */
export function findProjectRoot(cwd: string): ProjectRoot {
  let root: string | null = null;
  let misspelt: string | null = null;
  let promptfoo: string | null = null;
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (root === null && existsSync(join(folder, CONFIG_FILE))) root = folder;
    if (existsSync(join(folder, "evalconfig.yml"))) misspelt ??= join(folder, "evalconfig.yml");
    if (root === null)
      promptfoo ??= PROMPTFOO.map((name) => join(folder, name)).find((path) => existsSync(path)) ?? null;
    const isTop = existsSync(join(folder, ".git"));
    if (isTop || dirname(folder) === folder) {
      if (root === null) throw noProject(cwd, misspelt, promptfoo);
      return { root, gitRoot: isTop ? folder : null };
    }
  }
}

/** Names of promptfoo's configs that can be imported. */
const PROMPTFOO = ["promptfooconfig.yaml", "promptfooconfig.yml", "promptfooconfig.json"];

function noProject(cwd: string, misspelt: string | null, promptfoo: string | null): EvalsError {
  return new EvalsError({
    code: "EVALS_NO_PROJECT",
    what: `There is no ${CONFIG_FILE} here or in a directory above.`,
    why: "This file marks the root of a project; models, suites and datasets are found from there.",
    fix:
      misspelt === null && promptfoo === null
        ? "evals init"
        : misspelt === null
          ? `evals import promptfoo ${relative(cwd, promptfoo ?? "")}; or evals init for a new project`
          : `mv ${misspelt} ${join(dirname(misspelt), CONFIG_FILE)}`,
  });
}
