import { execFile } from "node:child_process";

/** What git knows of the work tree now. */
export interface Head {
  /** Null before the first commit. */
  readonly commit: string | null;
  /** Files differ from HEAD, or are not tracked yet. */
  readonly dirty: boolean;
}

/** Output of a git command, or null when it failed (no repository, no commit, no git). */
function git(cwd: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    const options = {
      cwd,
      maxBuffer: 1 << 28,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" },
    };
    execFile("git", [...args], options, (error, stdout) => resolve(error === null ? stdout : null));
  });
}

/** @returns null outside a repository, or where git is not installed */
export async function readHead(root: string): Promise<Head | null> {
  const [status, commit] = await Promise.all([
    git(root, ["status", "--porcelain", "--untracked-files=normal", "--", "."]),
    git(root, ["rev-parse", "--verify", "--quiet", "HEAD"]),
  ]);
  return status === null ? null : { commit: commit?.trim() || null, dirty: status.trim() !== "" };
}

/** Hash of the commit that a ref, tag or hash names; null when it names none, or outside a repository. */
export async function resolveCommit(root: string, ref: string): Promise<string | null> {
  if (ref.startsWith("-")) return null;
  const found = (
    await git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`])
  )?.trim();
  return found || null;
}
