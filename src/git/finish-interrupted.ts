import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { EvalsError } from "../domain/problem.ts";
import { isAlive } from "../processes/process-mark.ts";
import { filesOfCommit, setIndex, untouchedInIndex } from "./change-index.ts";
import { type ChangeJournal, changePlaces, closeJournal, readJournal } from "./change-journal.ts";
import { git, gitText } from "./git-process.ts";
import { isInterrupted } from "./interrupted.ts";
import { type PlannedFiles, placedFiles, placeFiles, removeFile } from "./place-files.ts";
import { findRepository, type Repository } from "./require-repository.ts";
import { makeTag } from "./tags.ts";

/** How an interrupted change was handled. */
export interface Finished {
  /** Subject of the commit that the change makes. */
  readonly subject: string;
  /** `left`: HEAD has moved on to a history without the change's commit, so nothing was restored or completed. */
  readonly how: "undone" | "completed" | "left";
}

/** How often to look whether the git process has ended, and the pause between two looks in milliseconds. */
const PATIENCE = { tries: 100, ms: 100 };

/**
 * Repairs a change whose process was killed. If its commit was not made, everything is restored; if it was, the missing
 * steps are completed. A file that the user has changed since then is not touched.
 *
 * @returns null when nothing was interrupted, or when a living process is still making the change
 * @throws {EvalsError} EVALS_GIT_BUSY while a leftover git process is still running; EVALS_GIT_LOCKED
 */
export async function finishInterrupted(root: string): Promise<Finished | null> {
  if (!isInterrupted(root)) return null;
  const repository = await findRepository(root);
  if (repository === null) return null;
  const { top, gitFolder } = repository;
  const journal = readJournal(gitFolder);
  if (journal === null) {
    closeJournal(gitFolder);
    return null;
  }
  if (isAlive(journal.owner)) return null;
  await gitLeftBehind(journal);
  const now = await gitText(top, ["rev-parse", "--verify", "--quiet", "HEAD"]);
  const commit = now === journal.head ? null : await commitOf(top, journal);
  const how = now === journal.head ? "undone" : commit === null ? "left" : "completed";
  if (how === "undone") await takeBack(repository, journal, { commit: null, index: false });
  if (commit !== null) await complete(repository, journal, commit, commit === now);
  closeJournal(gitFolder);
  return { subject: journal.subject, how };
}

/** Waits for the git process that makes the commit, which survives when only its parent is killed. */
async function gitLeftBehind({ git: left }: ChangeJournal): Promise<void> {
  if (left === null) return;
  for (let tries = PATIENCE.tries; isAlive(left); tries--) {
    if (tries === 0) {
      throw new EvalsError({
        code: "EVALS_GIT_BUSY",
        what: `Process ${left.pid}, a git commit that an interrupted evals left behind, is still running.`,
        why: "Until this process has ended, nobody knows whether it will make its commit.",
        fix: `Repeat the command when it has ended, or end it: kill ${left.pid}`,
      });
    }
    await wait(PATIENCE.ms);
  }
}

/** The change's commit, even with later commits on top; null when it is not in the history of HEAD. */
async function commitOf(top: string, { head, subject }: ChangeJournal): Promise<string | null> {
  const { code, out } = await git(top, ["log", "-z", "--format=%H%n%P%n%s", `${head}..HEAD`]);
  if (code !== 0) return null;
  for (const entry of out.split("\0")) {
    const [id = "", parents, title] = entry.split("\n");
    if (parents === head && title === subject) return id;
  }
  return null;
}

/** Completes a change after its commit: sets index and tag. The work tree was written before the commit. */
async function complete(
  repository: Repository,
  { head, files, tag }: ChangeJournal,
  commit: string,
  isHead: boolean,
): Promise<void> {
  const { top } = repository;
  if (isHead) {
    const before = await filesOfCommit(top, head, Object.keys(files));
    const stale = await untouchedInIndex(top, before);
    await setIndex(repository, only(files, stale), head.length);
  }
  if (tag !== null) await makeTag(top, tag, commit);
}

/**
 * Undoes a change: HEAD, the index if it was changed, and every file that was written.
 *
 * @param reached how far the change came: its commit, if it was made, and whether the user's index was set
 */
export async function takeBack(
  repository: Repository,
  { head, files, saved }: ChangeJournal,
  reached: { readonly commit: string | null; readonly index: boolean },
): Promise<void> {
  const { top, gitFolder } = repository;
  const { index, files: staging } = changePlaces(gitFolder);
  if (reached.commit !== null) {
    await git(top, ["update-ref", "-m", "evals: taken back", "HEAD", head, reached.commit]);
  }
  const before = await filesOfCommit(top, head, Object.keys(files));
  const own = new Set(await placedFiles(top, files));
  await git(top, ["read-tree", head], { env: { GIT_INDEX_FILE: index } });
  const back = only(
    before,
    [...own].filter((path) => !(path in saved)),
  );
  const places = placeFiles(top, back, { index, staging });
  while ((await places.next()).done !== true);
  for (const [path, content] of Object.entries(saved)) {
    if (!own.has(path)) continue;
    if (content === null) removeFile(top, path);
    else writeWhole(join(top, path), Buffer.from(content, "base64"));
  }
  if (reached.index) await setIndex(repository, before, head.length);
}

function only(files: PlannedFiles, paths: Iterable<string>): PlannedFiles {
  return Object.fromEntries(Array.from(paths, (path) => [path, files[path] ?? null]));
}

function writeWhole(place: string, content: Buffer): void {
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(`${place}.evals-new`, content);
  renameSync(`${place}.evals-new`, place);
}
