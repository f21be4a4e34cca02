import { join } from "node:path";
import { EvalsError } from "../domain/problem.ts";

/** The error when git, a hook or the disk refuses a change. @param what the reason, without the full stop */
export function refused(what: string, fix: string): EvalsError {
  return new EvalsError({
    code: "EVALS_GIT_REFUSED",
    what: `The change could not be made: ${what.replace(/\.$/, "")}.`,
    why: "A promotion or rollback is one commit with its tag, made either completely or not at all.",
    fix,
  });
}

/** Matches colours and other control characters, which hooks often print. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ESCAPES = /\u001b\[[0-9;?]*[A-Za-z]|[^\P{Cc}\n]/gu;

/** The last lines of git's or a hook's output, as one line. */
export function lastWords(words: string, lines = 5): string {
  return words
    .replace(ESCAPES, "")
    .split("\n")
    .map((line) => line.trim().replace(/^(?:fatal|error): /, ""))
    .filter((line) => line !== "")
    .slice(-lines)
    .join(" / ");
}

export function busy(): EvalsError {
  return new EvalsError({
    code: "EVALS_GIT_BUSY",
    what: "Another evals process is promoting or rolling back in this repository at this moment.",
    why: "Two promotions or rollbacks at once would mix their changes.",
    fix: "Repeat the command when the other process has ended.",
  });
}

export function locked(gitFolder: string): EvalsError {
  const lock = join(gitFolder, "index.lock");
  return new EvalsError({
    code: "EVALS_GIT_LOCKED",
    what: `Git's index is locked by ${lock}.`,
    why: "Another git command is running here, or one was killed and left this lock behind.",
    fix: `Repeat the command when that git command has ended; if no git is running: rm ${lock}`,
  });
}

/** Errors of the disk that the user can fix, in contrast to bugs of this program. */
const OF_THE_DISK: Readonly<Record<string, string>> = {
  EACCES: "cannot be written by this user",
  EPERM: "cannot be written by this user",
  EROFS: "is on a disk that cannot be written",
  ENOSPC: "does not fit on the disk",
  EDQUOT: "is over the disk quota",
  ENOTDIR: "has a file where a folder is needed",
  EISDIR: "is a folder where a file is needed",
  EEXIST: "has a file where a folder is needed",
  ENOTEMPTY: "is a folder with other files in it",
};

export function translatedRefusal(error: unknown): unknown {
  const { code, path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string };
  const reason = code === undefined ? undefined : OF_THE_DISK[code];
  if (error instanceof EvalsError || reason === undefined) return error;
  return refused(
    `${dest ?? path ?? "a file"} ${reason}`,
    "Remove this obstacle, then repeat the command. Nothing was changed.",
  );
}
