import type { Store } from "./store.ts";

/**
 * Opens `.evals/history.db` below the project root, made when it is not there.
 * @throws {EvalsError} when it cannot be written, is not a database, or is from a newer program
 */
export async function openStore(root: string): Promise<Store> {
  const { openSqliteStore } = await import("./sqlite/sqlite-store.ts");
  return openSqliteStore(root);
}
