import { existsSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";

/** The nearest directory at or above `start` with `.git` (a file in a worktree); undefined when there is none. */
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

/**
 * The real path of a path whose last parts may not exist yet. Symbolic links are resolved in the part that
 * exists.
 */
function realPlace(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : resolve(realPlace(parent), relative(parent, path));
}

/**
 * The absolute path of a file that is named in a project file.
 *
 * Everything that defines a result must be in git, so a path outside of the git repository (by `..`, an absolute
 * path, or a symbolic link) is rejected. The named file need not exist.
 *
 * @param root absolute path of the project root, which may be inside a larger repository
 * @param path relative to the root, with `/`
 * @throws {Error} with a message for the user
 */
export function repositoryPath(root: string, path: string): string {
  const boundary = gitRootAbove(root) ?? root;
  const place = resolve(root, path);
  if (!isInside(boundary, place) || !isInside(realPlace(boundary), realPlace(place))) {
    throw new Error(`"${path}" leaves the git repository.`);
  }
  return place;
}

/** The path relative to the root, with `/` on every system. */
export function fromRoot(root: string, path: string): string {
  return relative(root, path).split(sep).join("/");
}
