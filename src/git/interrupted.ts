import { hasJournal } from "./change-journal.ts";
import { findGitFolder } from "./git-folder.ts";

/** Whether a promotion or rollback was interrupted here, or is in progress. Starts no process. */
export function isInterrupted(root: string): boolean {
  const gitFolder = findGitFolder(root);
  return gitFolder !== null && hasJournal(gitFolder);
}
