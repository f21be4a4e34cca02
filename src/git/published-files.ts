import { findGitFolder } from "./git-folder.ts";
import { git, gitText } from "./git-process.ts";
import { listRefs, readRefs, remoteDefaultBranch } from "./repository.ts";
import { unreadable } from "./require-repository.ts";

/** By path, the ids of all blobs that the published history has at this path, newest first. */
export type PublishedFiles = ReadonlyMap<string, ReadonlySet<string>>;

const PUBLISHED = ["refs/tags/evals/", "refs/remotes/"];

/** Full names of refs that show whether anything is published: promoted tags and all remote refs. */
export function publishedRefs(root: string): Promise<readonly string[]> {
  return listRefs(root, ...PUBLISHED);
}

/**
 * Like `publishedRefs`, for a caller that must not mistake an unreadable repository for a repository without
 * published refs.
 *
 * @returns empty outside a repository
 * @throws {EvalsError} EVALS_GIT_MISSING; EVALS_GIT_UNREADABLE when git refuses to read the repository
 */
export async function requirePublishedRefs(root: string): Promise<readonly string[]> {
  if (findGitFolder(root) === null) return [];
  const { refs, refusal } = await readRefs(root, PUBLISHED);
  if (refusal !== null) throw unreadable(refusal);
  return refs;
}

/**
 * Every version of every file in some folders that the remote's default branch or a promoted tag has ever contained.
 * Walks history once, whatever the number of files.
 *
 * @param folders relative to `root`
 * @param more refs that count as published besides the default branch and the tags
 * @param known the repository's `publishedRefs`, if already listed
 * @returns by path relative to `root`; empty outside a repository or before anything is published
 */
export async function publishedFiles(
  root: string,
  folders: readonly string[],
  more: readonly string[] = [],
  known = publishedRefs(root),
): Promise<PublishedFiles> {
  const there = await known;
  const tags = there.filter((ref) => ref.startsWith("refs/tags/"));
  // Saves a git call per run in a repository without a remote.
  const branch = tags.length === there.length ? null : await remoteDefaultBranch(root);
  const refs = [...more, ...(branch === null ? [] : [branch]), ...tags];

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
    // Includes versions that a merge discarded.
    "--full-history",
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
