import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The schema version of this program's store: the number of its migrations. */
export const SCHEMA_VERSION = 12;

/**
 * Path of the store below the project root. The name contains the schema version, so that an earlier version of the
 * program still finds the file that it can read.
 */
export const HISTORY_FILE = `.evals/history-${SCHEMA_VERSION}.db`;

/** The stores of earlier versions, newest first, as paths relative to the root. */
export function earlierHistories(root: string): readonly string[] {
  const folder = join(root, ".evals");
  if (!existsSync(folder)) return [];
  const versions = readdirSync(folder).flatMap((name) => {
    const version = name === "history.db" ? 0 : Number(/^history-(\d+)\.db$/.exec(name)?.[1] ?? Number.NaN);
    return version < SCHEMA_VERSION ? [{ name, version }] : [];
  });
  return versions.sort((a, b) => b.version - a.version).map(({ name }) => `.evals/${name}`);
}

/** The newest store of an earlier version, as a path relative to the root; undefined when there is none. */
export function earlierHistory(root: string): string | undefined {
  return earlierHistories(root)[0];
}

/** Whether any run of the project was ever stored. */
export function hasHistory(root: string): boolean {
  return existsSync(join(root, HISTORY_FILE)) || earlierHistory(root) !== undefined;
}
