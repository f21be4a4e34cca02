import { existsSync, linkSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { earlierHistory } from "../history-file.ts";
import { openDatabase, type SqliteLibrary } from "./open-database.ts";
import { translated } from "./sqlite-errors.ts";

/**
 * Copies the store of an earlier version, if there is one, to the file of this version. The earlier file is kept
 * unchanged for the earlier program. A file that another process has created meanwhile is not overwritten.
 *
 * @throws {EvalsError} naming the earlier file when it cannot be read
 */
export async function takeOverEarlier(
  root: string,
  path: string,
  libraries?: readonly SqliteLibrary[],
): Promise<void> {
  const earlier = earlierHistory(root);
  if (earlier === undefined) return;
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  try {
    const db = await openDatabase(join(root, earlier), libraries);
    try {
      db.prepare("VACUUM INTO ?").run(draft);
    } finally {
      db.close();
    }
    putInPlace(draft, path);
  } catch (error) {
    throw translated(error, earlier);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Moves the draft to `path` atomically, and never over an existing file. */
function putInPlace(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (existsSync(path)) return;
    // Not every file system supports hard links. Without them the draft is renamed, unless it is gone.
    if ((error as { code?: unknown }).code === "ENOENT") throw error;
    renameSync(draft, path);
  }
}
