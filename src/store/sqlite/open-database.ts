import { createRequire } from "node:module";
import { noSqlite } from "../store-errors.ts";
import { type SqliteDatabase, sqliteDatabase } from "./sqlite-database.ts";

/** A library that provides SQLite. */
export interface SqliteLibrary {
  readonly name: "better-sqlite3" | "node:sqlite";
  /**
   * Opens a file, creating it if needed, or `:memory:`.
   *
   * @throws {SqliteAbsent} when this library cannot be loaded
   */
  open(path: string): Promise<SqliteDatabase>;
}

/** The error for a library that is not installed, not built, or built for another Node version. */
export class SqliteAbsent extends Error {}

/** How long a write waits for another process's lock, in milliseconds. */
export const BUSY_TIMEOUT_MS = 30_000;

/** better-sqlite3: built during installation, and the faster of the two libraries. */
export const betterSqlite: SqliteLibrary = {
  name: "better-sqlite3",
  open: async (path) => {
    const Library = loaded();
    try {
      return sqliteDatabase(new Library(path, { timeout: BUSY_TIMEOUT_MS }));
    } catch (error) {
      // An error of SQLite itself means that the file cannot be used. Any other error means that the native module
      // cannot be loaded.
      if (error instanceof Library.SqliteError || isOfFolder(error)) throw error;
      throw absent(error);
    }
  },
};

/**
 * better-sqlite3 is CommonJS: require() loads it in 4 ms of processor time. import() takes 6.5 ms, because Node first
 * searches the source for the names of its exports (Node 20).
 */
function loaded(): typeof import("better-sqlite3") {
  try {
    return createRequire(import.meta.url)("better-sqlite3");
  } catch (error) {
    throw absent(error);
  }
}

const absent = (error: unknown): SqliteAbsent =>
  new SqliteAbsent(error instanceof Error ? error.message : String(error), { cause: error });

/** Node's own SQLite, which is part of Node since 22.13. */
export const nodeSqlite: SqliteLibrary = {
  name: "node:sqlite",
  open: async (path) => {
    const { openNodeDatabase } = await import("./node-database.ts");
    return sqliteDatabase(await openNodeDatabase(path));
  },
};

/** The libraries in order of preference. */
const LIBRARIES: readonly SqliteLibrary[] = [betterSqlite, nodeSqlite];

/**
 * Opens a database with the first library that can be loaded.
 *
 * @throws {EvalsError} EVALS_STORE_NO_SQLITE when no library can be loaded
 */
export async function openDatabase(path: string, libraries = LIBRARIES): Promise<SqliteDatabase> {
  const failures: SqliteAbsent[] = [];
  for (const library of libraries) {
    try {
      return await library.open(path);
    } catch (error) {
      if (!(error instanceof SqliteAbsent)) throw error;
      failures.push(error);
    }
  }
  throw noSqlite(process.versions.node, failures);
}

/** Whether better-sqlite3 reports a missing folder. */
function isOfFolder(error: unknown): boolean {
  return error instanceof TypeError && /directory does not exist/.test(error.message);
}
