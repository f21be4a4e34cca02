import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { isFile } from "../../modules/is-file.ts";
import { repositoryPath } from "../../modules/repository-path.ts";
import { missingFile, outsideRepository, unreadableFile } from "./scorer-mistakes.ts";

type Place = readonly (string | number)[];

/**
 * The absolute place of a file that a setting names.
 * @throws {SettingMistake} when it leaves the repository, or is not there
 */
export function repositoryFile(root: string, path: string, at: Place): string {
  let place: string;
  try {
    place = repositoryPath(root, path);
  } catch {
    throw outsideRepository(at, path);
  }
  if (!isFile(place)) throw missingFile(at, path);
  return place;
}

/**
 * A JSON or YAML file of the repository, read.
 * @throws {SettingMistake} also when it is neither
 */
export function readStructuredFile(root: string, path: string, at: Place): unknown {
  const text = readFileSync(repositoryFile(root, path, at), "utf8");
  try {
    return /\.ya?ml$/i.test(path) ? parse(text) : JSON.parse(text);
  } catch (error) {
    throw unreadableFile(at, path, error instanceof Error ? error.message : String(error), error);
  }
}
