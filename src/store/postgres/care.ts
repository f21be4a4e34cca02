import type { StoreCare } from "../care.ts";
import { countsOf, looseEnds } from "../sql/counts.ts";
import type { Database } from "../sql/database.ts";

/** Maintenance of a store in PostgreSQL. @param place where the store is, as a text to show */
export function postgresCare(db: Database, schema: string, place: string): StoreCare {
  const later = <A extends unknown[], R>(work: (...args: A) => R | Promise<R>) => {
    return async (...args: A): Promise<R> => {
      try {
        return await work(...args);
      } catch (error) {
        throw db.mistake(error);
      }
    };
  };
  const tables = () =>
    db.prepare<[string], string>("SELECT tablename FROM pg_tables WHERE schemaname = ?").pluck().all(schema);
  return {
    place,
    size: later(() => {
      const bytes = db
        .prepare<[string], number>(
          "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relkind = 'r'",
        )
        .pluck()
        .get(schema);
      return { ...countsOf(db), bytes: bytes ?? 0 };
    }),
    faults: later(() => [...looseEnds(db)]),
    oldTraces: later(async (before) => (await import("../sql/prune-rows.ts")).countOldTraces(db, before)),
    prune: later(async (what) => {
      const { pruneRows } = await import("../sql/prune-rows.ts");
      const removed = db.transaction(() => pruneRows(db, what)).immediate();
      // This rewrites each table into a new file without the deleted rows, and deletes the old file.
      for (const table of tables()) db.exec(`VACUUM (FULL, ANALYZE) ${schema}.${table}`);
      return { ...removed, erased: true };
    }),
  };
}
