import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EvalsError } from "../domain/problem.ts";
import { git, gitText } from "./git-process.ts";

/** Files to write or remove in one commit, and a tag to put on it. */
export interface CommitPlan {
  /** Relative to the project root; null removes the file. */
  readonly files: ReadonlyMap<string, string | Buffer | null>;
  readonly message: string;
  readonly tag: { readonly name: string; readonly message: string } | null;
}

/** What a half-done change must be undone to, or finished from. */
interface Journal {
  readonly head: string;
  readonly paths: readonly string[];
  readonly tag: CommitPlan["tag"];
}

const JOURNAL = ".evals/change.json";

/**
 * Makes one commit of exactly these files, whatever else is staged or changed, then the tag. When anything refuses (a
 * hook, a signing policy), every file is as it was.
 *
 * @returns hash of the commit; null when the files are in HEAD already and there was nothing to commit
 * @throws {EvalsError} with git's own words
 */
export async function commitFiles(root: string, plan: CommitPlan): Promise<string | null> {
  await finishInterrupted(root);
  const head = await gitText(root, ["rev-parse", "--verify", "--quiet", "HEAD"]);
  if (head === null) throw refused("there is no commit yet to build on", "git add -A && git commit");
  if (
    plan.tag !== null &&
    (await gitText(root, ["rev-parse", "--verify", "--quiet", `refs/tags/${plan.tag.name}`])) !== null
  ) {
    throw refused(
      `the tag ${plan.tag.name} exists`,
      `Choose another name, or delete it: git tag -d ${plan.tag.name}`,
    );
  }
  const paths = [...plan.files.keys()];
  writeJournal(root, { head, paths, tag: plan.tag });
  try {
    for (const [path, content] of plan.files) writeOrRemove(join(root, path), content);
    const changed = await stage(root, paths);
    if (changed) await commit(root, plan.message, paths);
  } catch (error) {
    await restore(root, head, paths);
    rmSync(join(root, JOURNAL), { force: true });
    throw error;
  }
  const now = await gitText(root, ["rev-parse", "HEAD"]);
  if (plan.tag !== null) await makeTag(root, plan.tag);
  rmSync(join(root, JOURNAL), { force: true });
  return now === head ? null : now;
}

/**
 * After a kill in the middle of a change: before its commit everything is put back; after it only the tag is missing.
 * Called before anything that reads or makes a promotion.
 */
export async function finishInterrupted(root: string): Promise<void> {
  const place = join(root, JOURNAL);
  if (!existsSync(place)) return;
  const journal = readJournal(place);
  if (journal === null) {
    rmSync(place, { force: true });
    return;
  }
  rmSync(join(root, (await gitText(root, ["rev-parse", "--git-path", "index.lock"])) ?? ".git/index.lock"), {
    force: true,
  });
  const now = await gitText(root, ["rev-parse", "--verify", "--quiet", "HEAD"]);
  if (now === journal.head) await restore(root, journal.head, journal.paths);
  else {
    await restore(root, "HEAD", journal.paths);
    const { tag } = journal;
    if (
      tag !== null &&
      (await gitText(root, ["rev-parse", "--verify", "--quiet", `refs/tags/${tag.name}`])) === null
    ) {
      await makeTag(root, tag);
    }
  }
  rmSync(place, { force: true });
}

function writeJournal(root: string, journal: Journal): void {
  const place = join(root, JOURNAL);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(`${place}.new`, JSON.stringify(journal));
  renameSync(`${place}.new`, place);
}

function readJournal(place: string): Journal | null {
  try {
    return JSON.parse(readFileSync(place, "utf8")) as Journal;
  } catch {
    return null;
  }
}

function writeOrRemove(place: string, content: string | Buffer | null): void {
  if (content === null) {
    rmSync(place, { force: true });
    return;
  }
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(`${place}.new`, content);
  renameSync(`${place}.new`, place);
}

/** @returns whether HEAD differs from the files */
async function stage(root: string, paths: readonly string[]): Promise<boolean> {
  const list = `${paths.join("\0")}\0`;
  const added = await git(
    root,
    ["add", "--all", "--force", "--pathspec-from-file=-", "--pathspec-file-nul"],
    { input: list },
  );
  if (added.code !== 0 && !/did not match any files/.test(added.err))
    throw refused(lastLine(added.err), "See git's words above.");
  const { code } = await git(root, ["diff", "--cached", "--quiet", "HEAD", "--", ...paths]);
  return code !== 0;
}

async function commit(root: string, message: string, paths: readonly string[]): Promise<void> {
  const list = `${paths.join("\0")}\0`;
  const args = [
    "commit",
    "--quiet",
    "--only",
    "-m",
    message,
    "--pathspec-from-file=-",
    "--pathspec-file-nul",
  ];
  const { code, out, err } = await git(root, args, { input: list });
  if (code === 0) return;
  throw refused(
    lastLine(err) || lastLine(out) || "git commit failed",
    "Mend what git or its hook complains of, then promote again. Nothing was changed.",
  );
}

async function makeTag(root: string, { name, message }: NonNullable<CommitPlan["tag"]>): Promise<void> {
  const { code, err } = await git(root, ["tag", "--annotate", "--cleanup=verbatim", "-F", "-", name], {
    input: message,
  });
  if (code !== 0)
    throw refused(
      `the tag ${name} was not made: ${lastLine(err)}`,
      `The commit stands; git tag -a ${name} makes the tag.`,
    );
}

/** Puts files back as a commit holds them, in the index and on the disk; those it does not have go away. */
async function restore(root: string, commitish: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await git(root, ["reset", "--quiet", commitish, "--", path]);
    const known = (await git(root, ["cat-file", "-e", `${commitish}:./${path}`])).code === 0;
    if (known) await git(root, ["checkout", "--quiet", commitish, "--", path]);
    else rmSync(join(root, path), { force: true });
    rmSync(join(root, `${path}.new`), { force: true });
  }
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1)?.trim() ?? "";

function refused(what: string, fix: string): EvalsError {
  return new EvalsError({
    code: "EVALS_GIT_REFUSED",
    what: `Git did not take the change: ${what}.`,
    why: "A promotion is one commit and one tag, whole or not at all.",
    fix,
  });
}
