import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessMark } from "../processes/process-mark.ts";

/** A file as a tree of git holds it. */
export interface TreeFile {
  /** `100644`, `100755`, `120000` (a link), `160000` (a submodule's commit). */
  readonly mode: string;
  /** Object id. */
  readonly id: string;
}

/** What a half-done change must be undone to, or finished from. Paths are from the repository's top. */
export interface ChangeJournal {
  /** Who makes the change. */
  readonly owner: ProcessMark;
  /** The git that makes its commit, once there is one: it may outlive its owner. */
  readonly git: ProcessMark | null;
  /** HEAD before the change. */
  readonly head: string;
  /** First line of the commit's message. */
  readonly subject: string;
  /** What each path becomes; null is removed. */
  readonly files: Readonly<Record<string, TreeFile | null>>;
  /** Base64 of a path's content where it was not what HEAD has; null when there was no file. */
  readonly saved: Readonly<Record<string, string | null>>;
  readonly tag: { readonly name: string; readonly message: string } | null;
}

/** Places of a change in the git folder: outside the work tree, and never in a cache of `.evals`. */
export const changePlaces = (gitFolder: string) => ({
  journal: join(gitFolder, "evals-change.json"),
  index: join(gitFolder, "evals-change.index"),
  files: join(gitFolder, "evals-change.files"),
});

/** Whether a change is under way or was cut short. */
export function hasJournal(gitFolder: string): boolean {
  return existsSync(changePlaces(gitFolder).journal);
}

/** Claims the repository: the journal appears whole, and for one process only. @returns false when there is one already */
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

/** @returns null when there is none, or it says nothing (the disk was full when it was written) */
export function readJournal(gitFolder: string): ChangeJournal | null {
  try {
    return JSON.parse(readFileSync(changePlaces(gitFolder).journal, "utf8")) as ChangeJournal;
  } catch {
    return null;
  }
}

/** Everything of the change but its journal goes first, so that a kill here leaves something to clean up by. */
export function closeJournal(gitFolder: string): void {
  const { journal, index, files } = changePlaces(gitFolder);
  rmSync(files, { recursive: true, force: true });
  rmSync(index, { force: true });
  rmSync(`${index}.lock`, { force: true });
  rmSync(journal, { force: true });
}
