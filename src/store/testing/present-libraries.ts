import { betterSqlite, nodeSqlite, type SqliteLibrary } from "../sqlite/open-database.ts";

/** The ways to SQLite that this Node has, in the order in which they are tried: one at least. */
export async function presentLibraries(): Promise<readonly SqliteLibrary[]> {
  const present: SqliteLibrary[] = [];
  for (const library of [betterSqlite, nodeSqlite]) {
    const db = await library.open(":memory:").catch(() => null);
    db?.close();
    if (db !== null) present.push(library);
  }
  return present;
}
