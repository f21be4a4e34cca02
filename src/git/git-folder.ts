import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * The folder with HEAD and the index of this work tree: `.git`, or the target of the `.git` file in a linked worktree
 * or submodule. It is found without starting git.
 *
 * @returns absolute path; null outside a repository
 */
export function findGitFolder(root: string): string | null {
  for (let folder = resolve(root); ; folder = dirname(folder)) {
    const place = join(folder, ".git");
    if (existsSync(place)) return statSync(place).isDirectory() ? place : pointedAt(place);
    if (dirname(folder) === folder) return null;
  }
}

function pointedAt(place: string): string | null {
  const target = /^gitdir: (.+)$/m.exec(readFileSync(place, "utf8"))?.[1];
  return target === undefined ? null : resolve(dirname(place), target.trim());
}

/**
 * Whether this is a shallow clone. It is determined without starting git: by the file `shallow` in the git folder that
 * all worktrees share.
 */
export function isShallow(root: string): boolean {
  const folder = findGitFolder(root);
  if (folder === null) return false;
  const common = join(folder, "commondir");
  const shared = existsSync(common) ? resolve(folder, readFileSync(common, "utf8").trim()) : folder;
  return existsSync(join(shared, "shallow"));
}
