import { EvalsError } from "../domain/problem.ts";
import { fileProblem } from "./file-problems.ts";
import { readRegularFile } from "./regular-file.ts";

/**
 * The bytes of a file that somebody named.
 * @param path as it was named, for the message
 * @throws {EvalsError} for one that is missing, a directory, a pipe, or that may not be read
 */
export const readNamedFile = (place: string, path: string): Buffer =>
  attemptFile(path, () => readRegularFile(place));

/** Does what reads a file. @throws {EvalsError} in the place of an error of the file system */
export function attemptFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof EvalsError) throw error;
    throw new EvalsError(fileProblem(path, error), { cause: error });
  }
}
