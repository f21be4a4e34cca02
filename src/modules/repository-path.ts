import { existsSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";

/** The nearest directory at or above `start` that holds `.git` (a worktree's is a file); undefined when none does. */
function gitRootAbove(start: string): string | undefined {
  for (let at = start; ; at = dirname(at)) {
    if (existsSync(resolve(at, ".git"))) return at;
    if (dirname(at) === at) return undefined;
  }
}

function isInside(boundary: string, path: string): boolean {
  const way = relative(boundary, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The real place of a path whose last parts may not exist yet: links are followed as far as there is something. */
function realPlace(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : resolve(realPlace(parent), relative(parent, path));
}

/**
 * The absolute place of a path that a user wrote in a file of the project.
 *
 * What defines a result must be in git, so a path that leaves the enclosing git repository (by `..`, by being
 * absolute, or by a symbolic link) is refused. Whether anything is there is not asked.
 *
 * @param root absolute path of the project root, which may lie inside a larger repository
 * @param path relative to the root, with `/`
 * @throws {Error} with a sentence for the user
 */
export function repositoryPath(root: string, path: string): string {
  const boundary = gitRootAbove(root) ?? root;
  const place = resolve(root, path);
  if (!isInside(boundary, place) || !isInside(realPlace(boundary), realPlace(place))) {
    throw new Error(`"${path}" leaves the git repository.`);
  }
  return place;
}

/** `path` as the project writes it: relative to the root, with `/` on every system. */
export function fromRoot(root: string, path: string): string {
  return relative(root, path).split(sep).join("/");
}
