import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ProcessMark } from "../../processes/process-mark.ts";
import { HISTORY_FILE } from "../history-file.ts";
import { historyOf } from "../sql/history.ts";
import type { Store } from "../store.ts";
import { storeCare } from "./care.ts";
import { makeHistoryFolder } from "./history-folder.ts";
import { migrate } from "./migrate.ts";
import { openDatabase, type SqliteLibrary } from "./open-database.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";
import { translated } from "./sqlite-errors.ts";
import { takeOverEarlier } from "./take-over-earlier.ts";
import { keepDurable } from "./wal-sync.ts";

/**
 * Opens the SQLite store below the project root, see `openStore`.
 *
 * @param self the process recorded as the owner of the runs that this store writes
 * @param libraries SQLite libraries in order of preference; default all
 */
export async function openSqliteStore(
  root: string,
  now: () => number,
  self: ProcessMark,
  libraries?: readonly SqliteLibrary[],
): Promise<Store> {
  const path = join(root, HISTORY_FILE);
  try {
    makeHistoryFolder(root);
    if (!existsSync(path)) await takeOverEarlier(root, path, libraries);
    const db = await openDatabase(path, libraries);
    try {
      prepare(db);
    } catch (error) {
      db.close();
      throw error;
    }
    const onClose = keepDurable(`${path}-wal`);
    return historyOf({ db, care: storeCare(db, path), place: path, now, self, onClose });
  } catch (error) {
    throw translated(error);
  }
}

function prepare(db: SqliteDatabase): void {
  // The first page of a new database is written without a journal on disk, because the journal takes 3 of the 4 waits
  // for the disk.
  if (db.pragma("page_count", { simple: true }) === 0) db.pragma("journal_mode = MEMORY");
  db.pragma("journal_mode = WAL");
  // With WAL and NORMAL a commit survives the death of the process; `keepDurable` limits what a power failure can
  // lose.
  db.pragma("synchronous = NORMAL");
  db.pragma("cache_size = -16000");
  // A checkpoint writes pages twice and waits for the disk; one per 32 MB rarely delays anything.
  db.pragma("wal_autocheckpoint = 8000");
  db.pragma("temp_store = MEMORY");
  migrate(db);
}
