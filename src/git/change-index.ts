import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { TreeFile } from "./change-journal.ts";
import { git, gitText } from "./git-process.ts";
import { lastWords, locked, refused } from "./git-refusal.ts";
import type { PlannedFiles } from "./place-files.ts";
import type { Repository } from "./require-repository.ts";

/** Maximum number of arguments of one git process, because a command line has a limited length. */
const AT_ONCE = 500;
/**
 * How often the index is tried again while another program has it locked, and the pause between two tries in
 * milliseconds. A git command holds the lock briefly; after 3 seconds the user is told.
 */
const PATIENCE = { tries: 30, ms: 100 };

/**
 * A commit's entries by path relative to the repository's top; null for a path that the commit does not have.
 */
export async function filesOfCommit(
  top: string,
  commit: string,
  paths: readonly string[],
): Promise<Record<string, TreeFile | null>> {
  const files: Record<string, TreeFile | null> = Object.fromEntries(paths.map((path) => [path, null]));
  for (let from = 0; from < paths.length; from += AT_ONCE) {
    const some = paths.slice(from, from + AT_ONCE);
    const { code, out, err } = await git(top, ["ls-tree", "-z", "--full-tree", commit, "--", ...some]);
    if (code !== 0) throw refused(lastWords(err, 1), "`git fsck` shows more.");
    for (const entry of out.split("\0")) {
      const [, mode = "", kind = "", id = "", path = ""] =
        /^(\d+) (\w+) ([0-9a-f]+)\t([\s\S]+)$/.exec(entry) ?? [];
      if (kind === "blob" || kind === "commit") files[path] = { mode, id };
    }
  }
  return files;
}

/**
 * Creates a separate index that holds the commit `head` with `files` changed. The user's own index is not touched, so
 * what is staged stays staged.
 *
 * @returns whether the change differs from the commit
 */
export async function prepareIndex(
  top: string,
  index: string,
  { head, files }: { readonly head: string; readonly files: PlannedFiles },
): Promise<boolean> {
  const env = { GIT_INDEX_FILE: index };
  const input = indexInfo(files, head.length);
  for (const [args, given] of [
    [["read-tree", head], ""],
    [["update-index", "-z", "--index-info"], input],
  ] as const) {
    const { code, err } = await git(top, args, { env, input: given });
    if (code !== 0) throw refused(lastWords(err, 1), "`git status` shows more. Nothing was changed.");
  }
  const [tree, before] = await Promise.all([
    git(top, ["write-tree"], { env }),
    gitText(top, ["rev-parse", `${head}^{tree}`]),
  ]);
  if (tree.code !== 0) throw refused(lastWords(tree.err, 1), "`git status` shows more. Nothing was changed.");
  return tree.out.trim() !== before;
}

/** Updates the user's index to the new commit at these paths only. @throws {EvalsError} EVALS_GIT_LOCKED */
export async function setIndex(
  { top, gitFolder }: Repository,
  files: PlannedFiles,
  length: number,
): Promise<void> {
  const input = indexInfo(files, length);
  for (let left = PATIENCE.tries; ; left--) {
    const { code, err } = await git(top, ["update-index", "-z", "--index-info"], { input });
    if (code === 0) return;
    const isLocked = existsSync(join(gitFolder, "index.lock"));
    if (!isLocked && !/index\.lock/.test(err)) throw refused(lastWords(err, 1), "`git status` shows more.");
    if (left === 0) throw locked(gitFolder);
    await wait(PATIENCE.ms);
  }
}

/** The paths at which the user's index still holds what `before` says: the commit that was HEAD before the change. */
export async function untouchedInIndex(top: string, before: PlannedFiles): Promise<ReadonlySet<string>> {
  const { out } = await git(top, ["ls-files", "--stage", "-z"]);
  const staged = new Map<string, string>();
  for (const entry of out.split("\0")) {
    const [, file = "", path = ""] = /^(\d+ [0-9a-f]+) \d\t([\s\S]+)$/.exec(entry) ?? [];
    if (path in before) staged.set(path, file);
  }
  const same = Object.entries(before).filter(([path, file]) =>
    file === null ? !staged.has(path) : staged.get(path) === `${file.mode} ${file.id}`,
  );
  return new Set(same.map(([path]) => path));
}

/**
 * The input of `git update-index --index-info` that sets these files.
 *
 * @param length number of digits of an object id
 */
function indexInfo(files: PlannedFiles, length: number): string {
  const nothing = `0 ${"0".repeat(length)}`;
  return Object.entries(files)
    .map(([path, file]) => `${file === null ? nothing : `${file.mode} ${file.id}`}\t${path}\0`)
    .join("");
}
