import { closeSync, mkdirSync, openSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import { unwritableReason } from "../../project/unwritable-reason.ts";
import type { Environment } from "../environment.ts";

/** The folder from which messages name a path. */
type Place = Pick<Environment, "cwd">;

/**
 * Checks that a report can be written to a file later: creates the folder, and opens the file. A report that is
 * already in the file stays unchanged.
 *
 * @param path absolute
 */
export function tryReportFile({ cwd }: Place, path: string): Problem[] {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const before = statSync(path, { throwIfNoEntry: false });
    // A pipe is not opened for this check, because closing the pipe would end the input of the program that reads
    // it.
    if (before !== undefined && !before.isFile() && !before.isDirectory()) return [];
    closeSync(openSync(path, "a"));
    if (before === undefined) rmSync(path);
    return [];
  } catch (error) {
    return [unwritable(cwd, path, error, "The run would be paid for, and its report lost.")];
  }
}

/**
 * Writes a report to a file.
 *
 * @param path absolute
 * @throws {EvalsError} EVALS_REPORT_UNWRITABLE
 */
export function writeReport({ cwd }: Place, path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    const why = "The run is stored, but this file would be missing where it is needed.";
    throw new EvalsError(unwritable(cwd, path, error, why), { cause: error });
  }
}

function unwritable(cwd: string, path: string, error: unknown, why: string): Problem {
  const near = relative(cwd, path);
  return {
    code: "EVALS_REPORT_UNWRITABLE",
    what: `The report cannot be written to ${near === "" || near.startsWith("..") ? path : near}: ${unwritableReason(error)}.`,
    why,
    fix: "Name a file that can be written; `evals report <run> --format …` writes the report of a past run.",
  };
}
