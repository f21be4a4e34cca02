import { EvalsError } from "../domain/problem.ts";
import { git, gitText } from "./git-process.ts";
import { lastWords } from "./git-refusal.ts";

/** The current state of the work tree. */
export interface Head {
  /** Null before the first commit. */
  readonly commit: string | null;
  /** Null when HEAD is detached. */
  readonly branch: string | null;
  /** Whether files differ from HEAD or are untracked. */
  readonly dirty: boolean;
}

/** The state of the project's folder. @returns null outside a repository, or when git is not installed */
export async function readHead(root: string): Promise<Head | null> {
  try {
    const args = ["status", "--porcelain=v2", "--branch", "--untracked-files=normal", "--", "."];
    const status = await gitText(root, args);
    if (status === null) return null;
    const lines = status.split("\n");
    const branchHeader = (name: string): string | undefined =>
      lines.find((line) => line.startsWith(`# branch.${name} `))?.slice(`# branch.${name} `.length);
    const [id, branch] = [branchHeader("oid"), branchHeader("head")];
    return {
      commit: id === undefined || id === "(initial)" ? null : id,
      branch: branch === undefined || branch === "(detached)" ? null : branch,
      dirty: lines.some((line) => line !== "" && !line.startsWith("# ")),
    };
  } catch {
    return null;
  }
}

/** Hash of the commit that a ref, tag or hash names; null when there is no such commit, or outside a repository. */
export async function resolveCommit(root: string, ref: string): Promise<string | null> {
  if (ref.startsWith("-")) return null;
  return (
    (await gitText(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`])) || null
  );
}

/**
 * Text of a file as in a checkout of a commit; null when the commit does not have the file.
 *
 * @param path relative to `root`
 * @throws {EvalsError} EVALS_GIT_UNREADABLE when the commit has the file but git cannot provide it, which is not the
 * same as an absent file
 */
export async function readAtCommit(root: string, commit: string, path: string): Promise<string | null> {
  const { code, out, err } = await git(root, ["cat-file", "--filters", `${commit}:./${path}`]);
  if (code === 0) return out;
  // In most cases git's message shows that the file is absent, which saves a second call.
  if (/ (?:does not exist in|exists on disk, but not in) '/.test(err)) return null;
  const listed = await git(root, ["ls-tree", "-z", commit, "--", path]);
  if (listed.code !== 0 || listed.out === "") return null;
  throw new EvalsError({
    code: "EVALS_GIT_UNREADABLE",
    path,
    what: `Git has this file at ${commit} and cannot read it: ${lastWords(err, 1)}`,
    why: "A run that cannot see its baseline would pass without comparing anything.",
    fix: "The object is missing or damaged in this clone. Try: git fsck, git lfs pull or git fetch",
  });
}

/** Those of `paths` that differ from HEAD or are untracked, relative to `root`. */
export async function changedPaths(root: string, paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0) return [];
  const { out } = await git(root, [
    "status",
    "--porcelain=v1",
    "-z",
    "--untracked-files=all",
    "--no-renames",
    "--",
    ...paths,
  ]);
  const prefix = (await gitText(root, ["rev-parse", "--show-prefix"])) ?? "";
  return out
    .split("\0")
    .filter((entry) => entry !== "")
    .map((entry) => entry.slice(3))
    .map((path) => (path.startsWith(prefix) ? path.slice(prefix.length) : path));
}

/** Whether git has the file at HEAD just as it is in the work tree. */
export async function isAsCommitted(root: string, path: string): Promise<boolean> {
  const tracked = await gitText(root, ["ls-files", "--", path]);
  return tracked !== null && tracked !== "" && (await changedPaths(root, [path])).length === 0;
}

/** Full names of refs that match a pattern, for instance `refs/tags/evals/`. */
export async function listRefs(root: string, ...patterns: readonly string[]): Promise<string[]> {
  return (await readRefs(root, patterns)).refs;
}

/** Like `listRefs`; `refusal` is git's error message when it cannot list refs, else null. */
export async function readRefs(
  root: string,
  patterns: readonly string[],
): Promise<{ readonly refs: string[]; readonly refusal: string | null }> {
  const { code, out, err } = await git(root, ["for-each-ref", "--format=%(refname)", ...patterns]);
  if (code !== 0) return { refs: [], refusal: err };
  return { refs: out.split("\n").filter((line) => line !== ""), refusal: null };
}

/** The remote's default branch in this clone: `refs/remotes/origin/main`; null without a remote. */
export async function remoteDefaultBranch(root: string): Promise<string | null> {
  const remotes = ((await gitText(root, ["remote"])) ?? "").split("\n").filter((name) => name !== "");
  const remote = remotes.includes("origin") ? "origin" : remotes[0];
  if (remote === undefined) return null;
  const named = await gitText(root, ["symbolic-ref", "--quiet", `refs/remotes/${remote}/HEAD`]);
  const candidates = [
    ...(named === null ? [] : [named]),
    `refs/remotes/${remote}/main`,
    `refs/remotes/${remote}/master`,
  ];
  for (const ref of candidates) if ((await resolveCommit(root, ref)) !== null) return ref;
  return null;
}

export async function remoteNames(root: string): Promise<string[]> {
  return ((await gitText(root, ["remote"])) ?? "").split("\n").filter((name) => name !== "");
}

/** The newest common commit of two histories; null when there is none, or a shallow clone does not contain it. */
export async function mergeBase(root: string, a: string, b: string): Promise<string | null> {
  return (await gitText(root, ["merge-base", a, b]))?.split("\n")[0] || null;
}

/** Whether HEAD names a commit itself and not a branch. */
export async function isDetached(root: string): Promise<boolean> {
  return (await gitText(root, ["symbolic-ref", "--quiet", "HEAD"])) === null;
}

/** The user as `name <address>`, as git would write it into a commit. */
export async function userOfGit(root: string): Promise<string> {
  const ident = await gitText(root, ["var", "GIT_COMMITTER_IDENT"]);
  return ident?.replace(/ \d+ [+-]\d{4}$/, "") ?? "unknown";
}
