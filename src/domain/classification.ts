import type { DatasetEntry } from "./config.ts";

/** The text that a report shows in place of a restricted text. */
export const WITHHELD = "(restricted)";

/**
 * Whether a dataset's texts must stay in the store. @param path of the dataset's file, relative to the project root
 */
export function isRestricted(
  datasets: Readonly<Record<string, DatasetEntry>> | undefined,
  path: string,
): boolean {
  return Object.entries(datasets ?? {}).some(
    ([name, { classification }]) => classification === "restricted" && names(name, path),
  );
}

/**
 * Whether `name` is a name of the dataset at `path`: its path, its file name in datasets/, or the file name without
 * extension.
 */
function names(name: string, path: string): boolean {
  const inFolder = path.startsWith("datasets/") ? path.slice("datasets/".length) : path;
  return name === path || name === inFolder || inFolder.replace(/\.[a-z]+$/, "") === name;
}
