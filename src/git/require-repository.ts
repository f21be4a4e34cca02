import { posix } from "node:path";
import { EvalsError } from "../domain/problem.ts";
import { findGitFolder } from "./git-folder.ts";
import { git, gitText } from "./git-process.ts";

/** The repository that contains a project. */
export interface Repository {
  /** Absolute path of the work tree's top. */
  readonly top: string;
  /** Path from the top to the project, ending with `/`; empty when they are the same. */
  readonly prefix: string;
  /** Absolute path of the folder with HEAD and the index of this work tree. */
  readonly gitFolder: string;
}

const OLDEST: readonly [number, number] = [2, 30];

/**
 * The repository that contains a project.
 *
 * @returns null outside a repository
 * @throws {EvalsError} EVALS_GIT_MISSING; EVALS_GIT_UNREADABLE when git refuses to read the repository
 */
export async function findRepository(root: string): Promise<Repository | null> {
  if (findGitFolder(root) === null) return null;
  const where = await git(root, ["rev-parse", "--show-toplevel", "--absolute-git-dir", "--show-prefix"]);
  if (where.code !== 0) throw unreadable(where.err);
  const [top = root, gitFolder = "", prefix = ""] = where.out.split("\n");
  return { top, gitFolder, prefix };
}

/**
 * The repository that a command will change.
 *
 * @throws {EvalsError} like `findRepository`; EVALS_GIT_OLD; EVALS_GIT_NO_REPOSITORY outside a repository;
 *   EVALS_GIT_NO_COMMIT before the first commit
 */
export async function requireRepository(root: string): Promise<Repository & { readonly head: string }> {
  const [repository, version, head] = await Promise.all([
    findRepository(root),
    gitText(root, ["version"]),
    gitText(root, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]),
  ]);
  refuseOldGit(version ?? "");
  if (repository === null) throw noRepository();
  if (head === null) throw noCommit();
  return { ...repository, head };
}

/** Path of a project file relative to the repository's top. */
export function pathFromTop({ prefix }: Pick<Repository, "prefix">, path: string): string {
  return posix.normalize(`${prefix}${path}`);
}

function refuseOldGit(version: string): void {
  const [, major = "", minor = ""] = /(\d+)\.(\d+)/.exec(version) ?? [];
  const [oldMajor, oldMinor] = OLDEST;
  if (major === "" || Number(major) > oldMajor || (Number(major) === oldMajor && Number(minor) >= oldMinor))
    return;
  throw new EvalsError({
    code: "EVALS_GIT_OLD",
    what: `The git on the PATH is ${version.replace(/^git version /, "")}, and ${OLDEST.join(".")} is the oldest version that works.`,
    why: "An older git lacks options that a promotion needs to be made either completely or not at all.",
    fix: "Install a newer git, or put it first on the PATH.",
  });
}

/** The error for a repository that git refuses to read. @param words git's error message */
export function unreadable(words: string): EvalsError {
  const lines = words.trim().split("\n");
  const foreign = /dubious ownership/.test(words);
  const command = /git config --global --add safe\.directory .+/.exec(words)?.[0];
  return new EvalsError({
    code: "EVALS_GIT_UNREADABLE",
    what: foreign
      ? "Git refuses to read this repository: it belongs to another user."
      : `Git cannot read this repository: ${(lines.at(-1) ?? "").replace(/^fatal: /, "")}`,
    why: "The baseline is in git; a run that cannot see it would pass without comparing anything.",
    fix: foreign ? (command ?? "git config --global --add safe.directory <path>") : "`git status` shows more",
  });
}

function noRepository(): EvalsError {
  return new EvalsError({
    code: "EVALS_GIT_NO_REPOSITORY",
    what: "This is not a git repository.",
    why: "Baselines, promotions and their history are commits.",
    fix: "git init && git add -A && git commit -m start",
  });
}

function noCommit(): EvalsError {
  return new EvalsError({
    code: "EVALS_GIT_NO_COMMIT",
    what: "This git repository has no commit yet.",
    why: "A baseline is promoted by committing it together with the files that it was made from.",
    fix: "git add -A && git commit -m start",
  });
}
