import type { DatasetEntry } from "./config.ts";

/** What is in a report where a text is left out. */
export const WITHHELD = "(restricted)";

/** Whether a dataset's texts stay in the store. @param path of its file, from the project's root */
export function isRestricted(
  datasets: Readonly<Record<string, DatasetEntry>> | undefined,
  path: string,
): boolean {
  return Object.entries(datasets ?? {}).some(
    ([name, { classification }]) => classification === "restricted" && names(name, path),
  );
}

/** A dataset is called by its path, by its file's name in datasets/, or by that without its ending. */
function names(name: string, path: string): boolean {
  const inFolder = path.startsWith("datasets/") ? path.slice("datasets/".length) : path;
  return name === path || name === inFolder || inFolder.replace(/\.[a-z]+$/, "") === name;
}
