import { isAlive, type ProcessMark } from "../../processes/process-mark.ts";
import type { Database } from "../sql/database.ts";
import { translated } from "./sqlite-errors.ts";

/** A database of SQLite, whichever library brings it. */
export interface SqliteDatabase extends Database {
  /** @returns rows; with `simple` the first column of the first row */
  pragma(text: string, options?: { readonly simple?: boolean }): unknown;
}

/** What a library itself has of it. */
export type OpenedSqlite = Omit<SqliteDatabase, "mistake" | "childrenOf" | "markOf" | "lives" | "replays">;

/** A database as the history uses it. */
export function sqliteDatabase(opened: OpenedSqlite): SqliteDatabase {
  return Object.assign(opened, {
    replays: false,
    markOf: (self: ProcessMark) => self,
    lives: isAlive,
    mistake: (error: unknown) => translated(error),
    childrenOf: (parent: string) => childrenOf(opened, parent),
  });
}

function childrenOf(db: OpenedSqlite, parent: string) {
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
  return tables.flatMap((table) => {
    const keys = db.pragma(`foreign_key_list(${table})`) as {
      readonly table: string;
      readonly from: string;
    }[];
    return keys.filter((key) => key.table === parent).map((key) => ({ table, column: key.from }));
  });
}
