import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { EvalsError } from "../domain/problem.ts";
import { git, gitText } from "./git-process.ts";

/**
 * Writes a commit's whole tree into the empty folder `folder`, through a separate index: the user's index, work
 * tree and list of worktrees are not touched. Submodules stay empty.
 *
 * @param root the project root
 * @returns absolute paths: `root` of the project in the copy, `top` of the repository in the copy, and `from` of the
 * original repository
 * @throws {EvalsError} EVALS_REF_CHECKOUT with git's message (a full disk)
 */
export async function checkOut(
  root: string,
  commit: string,
  folder: string,
): Promise<{ readonly root: string; readonly top: string; readonly from: string }> {
  const [from, prefix] = await Promise.all([
    gitText(root, ["rev-parse", "--show-toplevel"]),
    gitText(root, ["rev-parse", "--show-prefix"]),
  ]);
  const top = join(folder, "files");
  const steps = [
    ["read-tree", "--no-sparse-checkout", commit],
    ["checkout-index", "--all", "--force", `--prefix=${top}/`],
  ];
  for (const step of steps) {
    const { code, err } = await git(from ?? root, step, { env: { GIT_INDEX_FILE: join(folder, "index") } });
    if (code !== 0) throw notWritten(commit, err);
  }
  // An empty `.git` marks the repository's root for this program's search, and no git command accepts it as a
  // repository.
  mkdirSync(join(top, ".git"), { recursive: true });
  return { root: join(top, prefix ?? ""), top, from: from ?? root };
}

function notWritten(commit: string, err: string): EvalsError {
  return new EvalsError({
    code: "EVALS_REF_CHECKOUT",
    what: `The files of ${commit.slice(0, 7)} could not be written to a temporary folder: ${err.trim().split("\n").at(-1) ?? ""}`,
    why: "A run at a commit needs its modules, commands and schemas on the disk.",
    fix: "Free some space in the temporary folder, or name another one: TMPDIR=<folder>",
  });
}
