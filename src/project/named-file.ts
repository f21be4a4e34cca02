import { EvalsError } from "../domain/problem.ts";
import { fileProblem } from "./file-problems.ts";
import { readRegularFile } from "./regular-file.ts";

/**
 * The bytes of a file named by the user.
 *
 * @param path as named, for the message
 * @throws {EvalsError} when it is missing, a directory, a pipe, or must not be read
 */
export const readNamedFile = (place: string, path: string): Buffer =>
  attemptFile(path, () => readRegularFile(place));

/** Runs `work`, which reads a file. @throws {EvalsError} in place of an error of the file system */
export function attemptFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof EvalsError) throw error;
    throw new EvalsError(fileProblem(path, error), { cause: error });
  }
}
