import { git, gitText } from "./git-process.ts";
import { listRefs, remoteDefaultBranch } from "./repository.ts";

/** Blob ids that a path has ever had in published history. */
export type PublishedFiles = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Every version of every file below some folders that the remote's default branch or a promoted tag has ever contained.
 * One walk over history, whatever the number of files.
 *
 * @param folders relative to `root`
 * @returns by path relative to `root`; empty outside a repository or before anything is published
 */
export async function publishedFiles(root: string, folders: readonly string[]): Promise<PublishedFiles> {
  const branch = await remoteDefaultBranch(root);
  const refs = [...(branch === null ? [] : [branch]), ...(await listRefs(root, "refs/tags/evals/"))];
  const files = new Map<string, Set<string>>();
  if (refs.length === 0) return files;
  const prefix = (await gitText(root, ["rev-parse", "--show-prefix"])) ?? "";
  const args = [
    "log",
    "--format=",
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-renames",
    "--root",
    "-m",
    "--stdin",
    "--",
    ...folders,
  ];
  const { out } = await git(root, args, { input: `${refs.join("\n")}\n` });
  const parts = out.split("\0");
  for (let i = 0; i + 1 < parts.length; i++) {
    const match = /^\s*:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) [A-Z]/.exec(parts[i] ?? "");
    if (match === null) continue;
    const path = parts[++i] ?? "";
    if (/^0+$/.test(match[1] ?? "") || !path.startsWith(prefix)) continue;
    const own = path.slice(prefix.length);
    const versions = files.get(own) ?? new Set();
    files.set(own, versions.add(match[1] ?? ""));
  }
  return files;
}

/** Blob ids that git would store for files of the work tree, line ends converted as the repository says. */
export async function blobIds(root: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (paths.length === 0) return new Map();
  const { out } = await git(root, ["hash-object", "--stdin-paths"], { input: `${paths.join("\n")}\n` });
  const ids = out.split("\n");
  return new Map(paths.map((path, index) => [path, ids[index] ?? ""]));
}
