import { markProcess, type ProcessMark } from "../processes/process-mark.ts";
import type { Store } from "./store.ts";

/**
 * Opens the history below the project root (`HISTORY_FILE`), made when it is not there: from that of an earlier version, if there is one.
 * @param now milliseconds since 1970, UTC; the time that an answer is stored with
 * @param self the process that works on what it starts or goes on with
 * @throws {EvalsError} when it cannot be written, is not a database, or is from a newer program
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
 * Opens the history in a PostgreSQL, which several machines may share.
 * @param address `postgres://…`, with `?schema=` for one history of several in that database
 * @param notice is told when the database goes away and when it is back
 * @throws {EvalsError} when it cannot be reached or written, or is from a newer program
 */
export async function openSharedStore(
  address: string,
  now: () => number,
  notice: (text: string) => void,
): Promise<Store> {
  const { openPostgresStore } = await import("./postgres/postgres-store.ts");
  return openPostgresStore({ address, now, self: markProcess(process.pid), notice });
}
