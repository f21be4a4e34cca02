import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** How many migrations this program's history has seen. */
export const SCHEMA_VERSION = 12;

/**
 * Where the history is below the project root. The name carries the schema's version: a program of before an upgrade still
 * finds the file that it can read.
 */
export const HISTORY_FILE = `.evals/history-${SCHEMA_VERSION}.db`;

/** The histories of earlier versions, newest first, as paths from the root. */
export function earlierHistories(root: string): readonly string[] {
  const folder = join(root, ".evals");
  if (!existsSync(folder)) return [];
  const versions = readdirSync(folder).flatMap((name) => {
    const version = name === "history.db" ? 0 : Number(/^history-(\d+)\.db$/.exec(name)?.[1] ?? Number.NaN);
    return version < SCHEMA_VERSION ? [{ name, version }] : [];
  });
  return versions.sort((a, b) => b.version - a.version).map(({ name }) => `.evals/${name}`);
}

/** The newest of them; undefined when there is none. */
export function earlierHistory(root: string): string | undefined {
  return earlierHistories(root)[0];
}

/** Whether anything was ever run here. */
export function hasHistory(root: string): boolean {
  return existsSync(join(root, HISTORY_FILE)) || earlierHistory(root) !== undefined;
}
