import { markProcess, type ProcessMark } from "../processes/process-mark.ts";
import type { Store } from "./store.ts";

/**
 * Opens the store below the project root (`HISTORY_FILE`). If the file does not exist, it is created. If there is a
 * file of an earlier schema version, its content is copied into the new one.
 *
 * @param now milliseconds since 1970, UTC; the time stored with an answer
 * @param self the process recorded as the owner of the runs it works on
 * @throws {EvalsError} when the file cannot be written, is not a database, or is from a newer program
 */
export async function openStore(
  root: string,
  now: () => number = Date.now,
  self: ProcessMark = markProcess(process.pid),
): Promise<Store> {
  const { openSqliteStore } = await import("./sqlite/sqlite-store.ts");
  return openSqliteStore(root, now, self);
}

/**
 * Opens a store in PostgreSQL, which several machines can share.
 *
 * @param address `postgres://…`, with `?schema=` to select one of several stores in the database
 * @param notice called when the database becomes unavailable and when it is back
 * @throws {EvalsError} when the database cannot be reached or written, or its tables are from a newer program
 */
export async function openSharedStore(
  address: string,
  now: () => number,
  notice: (text: string) => void,
): Promise<Store> {
  const { openPostgresStore } = await import("./postgres/postgres-store.ts");
  return openPostgresStore({ address, now, self: markProcess(process.pid), notice });
}
