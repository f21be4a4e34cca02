import { EvalsError } from "../domain/problem.ts";
import { fileProblem } from "./file-problems.ts";
import { didYouMeanFile } from "./near-file.ts";
import { readRegularFile } from "./regular-file.ts";

/**
 * The bytes of a file named by the user.
 *
 * @param path as named, for the message
 * @throws {EvalsError} when it is missing, a directory, a pipe, or must not be read
 */
export const readNamedFile = (place: string, path: string): Buffer =>
  attemptFile(place, path, () => readRegularFile(place));

/**
 * Runs `work`, which reads the file at `place`.
 *
 * @param path as named, for the message
 * @throws {EvalsError} in place of an error of the file system
 */
export function attemptFile<T>(place: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof EvalsError) throw error;
    const problem = fileProblem(path, error);
    const guess = problem.code === "EVALS_FILE_MISSING" ? didYouMeanFile(place, path) : "";
    throw new EvalsError({ ...problem, what: `${problem.what}${guess}` }, { cause: error });
  }
}
