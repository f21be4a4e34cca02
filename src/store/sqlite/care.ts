import { existsSync, statSync } from "node:fs";
import type { Pruned, StoreCare, StoreSize } from "../care.ts";
import { HISTORY_FILE } from "../history-file.ts";
import { countsOf, looseEnds } from "../sql/counts.ts";
import { BUSY_TIMEOUT_MS } from "./open-database.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";
import { translated } from "./sqlite-errors.ts";

/**
 * How long to wait until other processes have finished reading, in milliseconds. No report reads for longer than
 * this at a time.
 */
const READERS_TIMEOUT_MS = 3000;

/** Maximum number of reported faults. */
const MAX_FAULTS = 20;

/** Maintenance of an SQLite store. @param path of the database's file */
export function storeCare(db: SqliteDatabase, path: string): StoreCare {
  return {
    place: HISTORY_FILE,
    size: later(() => sizeOf(db, path)),
    faults: later(() => [...faultsOf(db)].slice(0, MAX_FAULTS)),
    oldTraces: later(async (before) => (await import("../sql/prune-rows.ts")).countOldTraces(db, before)),
    prune: later(async (what): Promise<Pruned> => {
      const { pruneRows } = await import("../sql/prune-rows.ts");
      // First the deleted data is overwritten in place. Then the file is rewritten without it, with temporary data
      // on disk instead of in memory.
      db.pragma("secure_delete = ON");
      const removed = db.transaction(() => pruneRows(db, what)).immediate();
      db.pragma("temp_store = FILE");
      db.exec("VACUUM");
      return { ...removed, erased: isLogEmptied(db) };
    }),
  };
}

function later<A extends unknown[], R>(work: (...args: A) => R | Promise<R>): (...args: A) => Promise<R> {
  return async (...args) => {
    try {
      return await work(...args);
    } catch (error) {
      throw translated(error);
    }
  };
}

/**
 * Truncates the write-ahead log. It contains older versions of changed pages, so deleted texts can still be in it.
 *
 * @returns false while another process still reads these pages
 */
function isLogEmptied(db: SqliteDatabase): boolean {
  db.pragma(`busy_timeout = ${READERS_TIMEOUT_MS}`);
  const [row] = db.pragma("wal_checkpoint(TRUNCATE)") as { readonly busy: number }[];
  db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  return row?.busy === 0;
}

function sizeOf(db: SqliteDatabase, path: string): StoreSize {
  const files = ["", "-wal", "-shm"].map((end) => `${path}${end}`).filter((file) => existsSync(file));
  return { ...countsOf(db), bytes: files.reduce((sum, file) => sum + statSync(file).size, 0) };
}

function* faultsOf(db: SqliteDatabase): Generator<string> {
  try {
    const rows = db.pragma(`integrity_check(${MAX_FAULTS})`) as { readonly integrity_check: string }[];
    const found = rows.map((row) => row.integrity_check.trim()).filter((text) => text !== "ok");
    yield* found;
    if (found.length > 0) return;
    const orphans = db.pragma("foreign_key_check") as { readonly table: string; readonly parent: string }[];
    for (const { table, parent } of orphans.slice(0, MAX_FAULTS))
      yield `a row of ${table} refers to a row of ${parent} that does not exist`;
    yield* looseEnds(db);
  } catch (error) {
    // An unreadable page ends the check.
    if (!isSqliteError(error)) throw error;
    yield error.message;
  }
}

function isSqliteError(error: unknown): error is Error {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return error instanceof Error && (typeof errcode === "number" || /^SQLITE_/.test(String(code)));
}
