import { betterSqlite, nodeSqlite, type SqliteLibrary } from "../sqlite/open-database.ts";

/** The SQLite libraries that can be loaded here, in order of preference; at least one. */
export async function presentLibraries(): Promise<readonly SqliteLibrary[]> {
  const present: SqliteLibrary[] = [];
  for (const library of [betterSqlite, nodeSqlite]) {
    const db = await library.open(":memory:").catch(() => null);
    db?.close();
    if (db !== null) present.push(library);
  }
  return present;
}
