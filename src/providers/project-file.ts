import { SettingMistake } from "../domain/problem.ts";
import { isFile, otherThanFile } from "../modules/is-file.ts";
import { repositoryPath } from "../modules/repository-path.ts";

/** The code and texts of the error for a missing file. */
export interface MissingFile {
  readonly code: string;
  readonly why: string;
  readonly fix: string;
}

/**
 * Absolute path of a file named by a `file:` setting.
 *
 * @throws {SettingMistake} at `file` when it is outside the repository or does not exist
 */
export function placeOfFile(root: string, file: string, missing: MissingFile): string {
  let problem = `There is no file ${file}.`;
  try {
    const place = repositoryPath(root, file);
    if (isFile(place)) return place;
    const other = otherThanFile(place);
    if (other !== undefined) problem = `${file} is ${other}, and a file is needed here.`;
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  throw new SettingMistake(["file"], { ...missing, what: problem });
}
