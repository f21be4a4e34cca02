import type { Places } from "../domain/places.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { NOT_A_FILE } from "./regular-file.ts";

/** The problem to report for an error of the file system. */
export function fileProblem(path: string, error: unknown): Problem {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
    // The name is longer than the file system allows.
    case "ENAMETOOLONG":
    case "ERR_INVALID_ARG_VALUE":
      return missingFile(path);
    case "EISDIR":
      return directoryInstead(path);
    case NOT_A_FILE:
      return {
        code: "EVALS_FILE_NOT_REGULAR",
        path,
        what: "This is a pipe, a socket or a device, and a file is needed here.",
        why: "Reading it would wait until something is written to it, and git cannot store it.",
        fix: `Put a file in its place: rm ${path}, then write it.`,
      };
    case "ELOOP":
      return {
        code: "EVALS_FILE_LOOP",
        path,
        what: "This symbolic link leads back to itself.",
        why: "There is no file at its end to read.",
        fix: `Delete the link, or let it point at a file: ls -l ${path}`,
      };
    case "EACCES":
    case "EPERM":
      return {
        code: "EVALS_FILE_UNREADABLE",
        path,
        what: "There is no permission to read this file.",
        why: "What the file defines would be missing from the run.",
        fix: `chmod u+r ${path}`,
      };
    default:
      return {
        code: "EVALS_FILE_UNREADABLE",
        path,
        what: `This file cannot be read (${code ?? "unknown error"}).`,
        why: "What the file defines would be missing from the run.",
        fix: "Check the disk and the file, then try again.",
      };
  }
}

export function missingFile(path: string): Problem {
  return {
    code: "EVALS_FILE_MISSING",
    path,
    what: "This file does not exist.",
    why: "What the file defines would be missing from the run.",
    fix: "Create it, or correct the path that names it.",
  };
}

export function directoryInstead(path: string): Problem {
  return {
    code: "EVALS_FILE_IS_DIRECTORY",
    path,
    what: "This is a directory, and a file is needed here.",
    why: "Nothing in the directory would be read.",
    fix: `Rename the directory, or put a file of that name in its place.`,
  };
}

export function notADirectory(folder: string): Problem {
  return {
    code: "EVALS_FILE_NOT_A_DIRECTORY",
    path: folder,
    what: `"${folder}" is a file, and a directory is needed here.`,
    why: "The files that belong in it cannot be found.",
    fix: `Rename the file, then: mkdir ${folder}`,
  };
}

/**
 * Runs `read` and returns its value. If `read` throws an EvalsError, the problems in it are added to `problems`, and
 * undefined is returned. Any other error is a bug, and is thrown.
 */
export function collect<T>(problems: Problem[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** Like `collect`, for asynchronous work. */
export async function collectAsync<T>(problems: Problem[], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** Adds the location of `path` to a mistake that has no location. */
export function placed(problem: Problem, places: Places, path: readonly PropertyKey[]): Problem {
  return problem.path === undefined ? { ...problem, path: places.path, ...places.at(path) } : problem;
}
