import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EvalsError } from "../domain/problem.ts";
import { markProcess } from "../processes/process-mark.ts";
import { filesOfCommit, prepareIndex, setIndex } from "./change-index.ts";
import {
  type ChangeJournal,
  changePlaces,
  closeJournal,
  openJournal,
  rewriteJournal,
  type TreeFile,
} from "./change-journal.ts";
import { finishInterrupted, takeBack } from "./finish-interrupted.ts";
import { git, gitText, startGit } from "./git-process.ts";
import { busy, lastWords, locked, refused, translatedRefusal } from "./git-refusal.ts";
import { placedFiles, placeFiles } from "./place-files.ts";
import { pathFromTop, type Repository, requireRepository } from "./require-repository.ts";
import { makeTag, tagExists, tagTaken } from "./tags.ts";

/** Files to write or remove in one commit, and a tag for it. */
export interface CommitPlan {
  /** Paths relative to the project root. Values are a text, a file already in git, or null to remove the file. */
  readonly files: ReadonlyMap<string, string | TreeFile | null>;
  readonly message: string;
  readonly tag: ChangeJournal["tag"];
}

/**
 * Makes one commit of exactly these files, whatever else is staged or changed, then the tag. If anything fails (a
 * hook, a signing policy, a full disk), all files, the index and HEAD are restored. After a kill, `finishInterrupted`
 * restores or completes them.
 *
 * @returns hash of the commit; null when HEAD already has these files
 * @throws {EvalsError} with git's message
 */
export async function commitFiles(root: string, plan: CommitPlan): Promise<string | null> {
  const steps = changeSteps(root, plan);
  for (;;) {
    const step = await steps.next();
    if (step.done === true) return step.value;
  }
}

/** The steps of `commitFiles`; the process may be killed after any of them. */
export async function* changeSteps(root: string, plan: CommitPlan): AsyncGenerator<string, string | null> {
  const repository = await requireRepository(root);
  const { top, gitFolder } = repository;
  await finishInterrupted(root);
  await refuseBusyRepository(repository, plan);
  let journal = await planChange(repository, plan);
  try {
    if (!openJournal(gitFolder, journal)) throw busy();
  } catch (error) {
    throw translatedRefusal(error);
  }
  const reached = { commit: null as string | null, index: false };
  try {
    // Another promotion may have finished since HEAD was read.
    if ((await gitText(top, ["rev-parse", "HEAD"])) !== journal.head) throw busy();
    yield "journal";
    const { index, files: staging } = changePlaces(gitFolder);
    const changed = await prepareIndex(top, index, journal);
    yield "index";
    yield* placeFiles(top, journal.files, { index, staging });
    if (changed) {
      const message = `${plan.message.trimEnd()}\n`;
      const work = startCommit(top, index);
      if (work.pid !== undefined) {
        journal = { ...journal, git: markProcess(work.pid) };
        rewriteJournal(gitFolder, journal);
      }
      const { code, out, err } = await work.finish(message);
      if (code !== 0) throw commitRefused(err.trim() === "" ? out : err);
      reached.commit = await gitText(top, ["rev-parse", "HEAD"]);
      yield "commit";
    }
    await setIndex(repository, journal.files, journal.head.length);
    reached.index = true;
    yield "own index";
    if (plan.tag !== null) {
      await makeTag(top, plan.tag, reached.commit ?? journal.head);
      yield "tag";
    }
  } catch (error) {
    await takeBack(repository, journal, reached);
    closeJournal(gitFolder);
    throw translatedRefusal(error);
  }
  closeJournal(gitFolder);
  return reached.commit;
}

/** Throws, before anything is changed, when something would make the commit impossible or wrong. */
async function refuseBusyRepository(
  { top, gitFolder }: Repository,
  { tag, files }: CommitPlan,
): Promise<void> {
  for (const [name, what, fix] of UNFINISHED) {
    if (!existsSync(join(gitFolder, name))) continue;
    throw new EvalsError({
      code: "EVALS_GIT_UNFINISHED",
      what: `${what} is under way in this repository.`,
      why: "Git would take a commit made now for the end of that operation.",
      fix,
    });
  }
  if (existsSync(join(gitFolder, "index.lock"))) throw locked(gitFolder);
  if (tag !== null && (await tagExists(top, tag.name))) throw new EvalsError(tagTaken(tag.name));
  for (const path of files.keys()) {
    if (/[\0\n]/.test(path))
      throw refused("a file name contains a line feed", `Rename ${JSON.stringify(path)}.`);
  }
}

const UNFINISHED: readonly [name: string, what: string, fix: string][] = [
  ["MERGE_HEAD", "A merge", "`git commit` finishes the merge, `git merge --abort` cancels it"],
  ["CHERRY_PICK_HEAD", "A cherry-pick", "git cherry-pick --continue, or --abort"],
  ["REVERT_HEAD", "A revert", "git revert --continue, or --abort"],
  ["rebase-merge", "A rebase", "git rebase --continue, or --abort"],
  ["rebase-apply", "A rebase", "git rebase --continue, or --abort"],
];

async function planChange(
  repository: Repository & { readonly head: string },
  plan: CommitPlan,
): Promise<ChangeJournal> {
  const { top, head } = repository;
  const paths = [...plan.files.keys()].map((path) => pathFromTop(repository, path));
  const before = await filesOfCommit(top, head, paths);
  const files: Record<string, TreeFile | null> = {};
  for (const [path, content] of plan.files) {
    const full = pathFromTop(repository, path);
    files[full] =
      typeof content === "string"
        ? { mode: before[full]?.mode ?? "100644", id: await storeText(top, full, content) }
        : content;
  }
  const same = new Set(await placedFiles(top, before));
  const saved: Record<string, string | null> = {};
  for (const path of paths) {
    if (same.has(path) || files[path]?.mode === "160000") continue;
    const found = lstatSync(join(top, path), { throwIfNoEntry: false });
    if (found === undefined) saved[path] = null;
    else if (found.isFile()) saved[path] = readFileSync(join(top, path)).toString("base64");
  }
  const subject = plan.message.split("\n", 1)[0] ?? "";
  return { owner: markProcess(process.pid), git: null, head, subject, files, saved, tag: plan.tag };
}

/** Stores a text in git like `git add`, with the repository's filters. @returns the object id of the text */
async function storeText(top: string, path: string, content: string): Promise<string> {
  const { code, out, err } = await git(top, ["hash-object", "-w", "--stdin", `--path=${path}`], {
    input: content,
  });
  if (code !== 0) throw refused(lastWords(err, 1), "Fix what git complains about. Nothing was changed.");
  return out.trim();
}

/**
 * Starts `git commit`, which waits for the message on its standard input. Before the message is sent, the id of the git
 * process is written to the journal. After an interruption, this shows whether git may still make the commit.
 */
function startCommit(top: string, index: string) {
  return startGit(top, ["commit", "--quiet", "--cleanup=whitespace", "-F", "-"], { GIT_INDEX_FILE: index });
}

function commitRefused(words: string): EvalsError {
  const nobody = /tell me who you are|empty ident|no email was given/i.test(words);
  return refused(
    lastWords(words) || "git commit failed without a message",
    nobody
      ? 'git config user.name "<your name>" && git config user.email <your address>, then repeat the command'
      : "Fix what git or its hook complains about, then repeat the command. Nothing was changed.",
  );
}
