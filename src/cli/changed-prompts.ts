import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { blobIds, publishedFiles } from "../git/published-files.ts";
import { changedVersionProblem, versionOfPath } from "../project/prompt-versions.ts";

const FOLDERS = ["prompts", "judges"] as const;

/** Version files of the work tree whose text is none that was ever published under their version. */
export async function changedPrompts(root: string): Promise<Problem[]> {
  const here = FOLDERS.flatMap((folder) => versionFiles(root, folder));
  if (here.length === 0) return [];
  const published = await publishedFiles(root, FOLDERS);
  const known = here.filter((path) => published.has(path));
  if (known.length === 0) return [];
  const now = await blobIds(root, known);
  const all = [...new Set([...here, ...published.keys()])];
  return known
    .filter((path) => published.get(path)?.has(now.get(path) ?? "") === false)
    .map((path) => changedVersionProblem({ path, taken: takenBeside(path, all) }));
}

/** @throws {EvalsError} with every published version that was edited in place */
export async function refuseChangedPrompts(root: string): Promise<void> {
  const problems = await changedPrompts(root);
  if (problems.length > 0) throw new EvalsError(problems);
}

function versionFiles(root: string, folder: string): string[] {
  const place = join(root, folder);
  if (!existsSync(place)) return [];
  return readdirSync(place, { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((path) => versionOfPath(path) !== null);
}

function takenBeside(path: string, all: readonly string[]): string[] {
  const own = versionOfPath(path);
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return all.flatMap((other) => {
    const one = versionOfPath(other);
    return one !== null && own !== null && other.startsWith(folder) && one.name === own.name
      ? [one.version]
      : [];
  });
}
