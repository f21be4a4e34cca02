import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessMark } from "../processes/process-mark.ts";

/** A file as stored in a git tree. */
export interface TreeFile {
  /** `100644`, `100755`, `120000` (a link), `160000` (a submodule's commit). */
  readonly mode: string;
  /** Object id. */
  readonly id: string;
}

/** What is needed to undo or finish an interrupted change. Paths are relative to the repository's top. */
export interface ChangeJournal {
  /** The process that makes the change. */
  readonly owner: ProcessMark;
  /** The git process that makes the commit, which may outlive the owner; null before it is started. */
  readonly git: ProcessMark | null;
  /** HEAD before the change. */
  readonly head: string;
  /** Subject of the commit. */
  readonly subject: string;
  /** The new content of each path; null when the path is removed. */
  readonly files: Readonly<Record<string, TreeFile | null>>;
  /** For each path that differed from HEAD, its original content as Base64; null when there was no file. */
  readonly saved: Readonly<Record<string, string | null>>;
  readonly tag: { readonly name: string; readonly message: string } | null;
}

/**
 * Paths of the files that a change needs while it is made. They are in the git folder, so that neither `git clean` nor
 * the clearing of a cache removes them.
 */
export const changePlaces = (gitFolder: string) => ({
  journal: join(gitFolder, "evals-change.json"),
  index: join(gitFolder, "evals-change.index"),
  files: join(gitFolder, "evals-change.files"),
});

/** Whether a change is in progress or was interrupted. */
export function hasJournal(gitFolder: string): boolean {
  return existsSync(changePlaces(gitFolder).journal);
}

/**
 * Locks the repository: the journal is created atomically, by one process only. @returns false when there is a
 * journal already
 */
export function openJournal(gitFolder: string, journal: ChangeJournal): boolean {
  const { journal: place } = changePlaces(gitFolder);
  const draft = `${place}.${journal.owner.pid}`;
  writeFileSync(draft, JSON.stringify(journal));
  try {
    linkSync(draft, place);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

export function rewriteJournal(gitFolder: string, journal: ChangeJournal): void {
  const { journal: place } = changePlaces(gitFolder);
  const draft = `${place}.${journal.owner.pid}`;
  writeFileSync(draft, JSON.stringify(journal));
  renameSync(draft, place);
}

/**
 * Reads the journal.
 *
 * @returns null when there is no journal, or when it is empty (the disk was full when it was written)
 */
export function readJournal(gitFolder: string): ChangeJournal | null {
  try {
    return JSON.parse(readFileSync(changePlaces(gitFolder).journal, "utf8")) as ChangeJournal;
  } catch {
    return null;
  }
}

/**
 * Removes the files of a change. The journal is removed last: if the process is killed before, the remaining files
 * can be removed later.
 */
export function closeJournal(gitFolder: string): void {
  const { journal, index, files } = changePlaces(gitFolder);
  rmSync(files, { recursive: true, force: true });
  rmSync(index, { force: true });
  rmSync(`${index}.lock`, { force: true });
  rmSync(journal, { force: true });
}
