import type { Left } from "../../interchange/imported.ts";
import { suiteOfFile } from "../../project/suite-files.ts";
import { JUDGES, listVersions, PROMPTS } from "../../project/version-files.ts";
import { workTree } from "../../project/work-tree.ts";

/**
 * Files that were in a folder before an import made it a project, and that `evals check` would now read as suites,
 * prompts and the like. A repository may have an `evals/` or `prompts/` folder of its own.
 *
 * @param own paths of the import's own files, relative to the root
 */
export function foreignFiles(root: string, own: ReadonlySet<string>): Left[] {
  const files = workTree(root);
  const suites = files
    .list("evals")
    .filter(({ path, directory }) => {
      const read = (): string => files.read(path).toString();
      return !directory && suiteOfFile(path.slice("evals/".length), read) !== undefined;
    })
    .map(({ path }) => foreign(path, "suite"));
  const versioned = [PROMPTS, JUDGES].flatMap((kind) => {
    const { versions, problems } = listVersions(files, kind);
    return [...versions, ...problems].map(({ path = "" }) => foreign(path, kind.word));
  });
  return [...suites, ...versioned].filter(({ path }) => !own.has(path));
}

const foreign = (path: string, word: string): Left => ({
  path,
  line: 1,
  what: `is in the way: \`evals check\` reads this file as a ${word}`,
  why: "Import into a folder of its own with --out NAME, or move this file.",
});
