import { gitText } from "./git-process.ts";
import { hashFiles } from "./hash-files.ts";
import { filesAt } from "./tags.ts";

/**
 * The files whose content differs from HEAD: changed, untracked, ignored, or marked as unchanged in git. A file of a
 * submodule is compared with the submodule's commit that HEAD records, whatever commit the submodule is at.
 *
 * @param paths relative to `root`
 */
export async function notAtHead(root: string, paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0) return [];
  const [committed, now, submodules] = await Promise.all([
    filesAt(root, "HEAD", paths),
    hashFiles(root, paths),
    submodulesAt(root),
  ]);
  const differing: string[] = [];
  for (const path of paths) {
    const module = submodules.find((one) => path.startsWith(`${one.path}/`));
    const id = module === undefined ? committed.get(path)?.id : await idInSubmodule(root, module, path);
    if (id === undefined || id === null || now.get(path) !== id) differing.push(path);
  }
  return differing;
}

interface Submodule {
  readonly path: string;
  /** The submodule's commit that HEAD of the containing repository records. */
  readonly id: string;
}

async function submodulesAt(root: string): Promise<Submodule[]> {
  const text = await gitText(root, ["ls-tree", "-r", "-z", "HEAD"]);
  return (text ?? "").split("\0").flatMap((entry) => {
    const [, id, path] = /^160000 commit ([0-9a-f]+)\t([\s\S]+)$/.exec(entry) ?? [];
    return id === undefined || path === undefined ? [] : [{ path, id }];
  });
}

async function idInSubmodule(root: string, { path, id }: Submodule, file: string): Promise<string | null> {
  return gitText(root, [
    "-C",
    path,
    "rev-parse",
    "--verify",
    "--quiet",
    `${id}:${file.slice(path.length + 1)}`,
  ]);
}
