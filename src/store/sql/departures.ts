import type { DepartureLog, LoggedDeparture } from "../../domain/departure-log.ts";
import type { Database } from "./database.ts";

interface Row {
  readonly id: number;
  readonly at: number;
  readonly tokens: number;
}

/** Old rows are deleted once in this many calls. */
const CLEANING_EVERY = 64;
/** How long rows are kept, in milliseconds: longer than the period of the slowest limit, one request in 24 hours. */
const KEPT_MS = 25 * 3_600_000;

/**
 * The log of calls to models that have rate limits, in a database. A departure is the moment at which a call is
 * sent.
 *
 * @param clock returns milliseconds since 1970 UTC, the same for all processes
 */
export function departureLog(db: Database, clock: () => number): DepartureLog {
  let statements: ReturnType<typeof prepare> | undefined;
  const depart = db.transaction(
    (
      /** Id of the last departure that was passed to `decide`. */
      seen: { id: number },
      model: string,
      within_ms: number,
      decide: (others: readonly LoggedDeparture[]) => number | null,
    ): number => {
      statements ??= prepare(db);
      const now = clock();
      const rows = statements.newer.all(model, seen.id, now - within_ms);
      const others = rows.map(({ id, at, tokens }) => ({ id, age_ms: Math.max(0, now - at), tokens }));
      seen.id = rows.at(-1)?.id ?? seen.id;
      const tokens = decide(others);
      if (tokens === null) return seen.id;
      const id = statements.add(model, now, Math.ceil(tokens));
      if (id % CLEANING_EVERY === 0) statements.clean.run(now - KEPT_MS);
      return id;
    },
  );
  return { depart: (model, after, ...asked) => depart.immediate({ id: after }, model, ...asked) };
}

function prepare(db: Database) {
  return {
    newer: db.prepare<[string, number, number], Row>(
      "SELECT id, at, tokens FROM departures WHERE model = ? AND id > ? AND at > ? ORDER BY id",
    ),
    add: db.insertion<[string, number, number]>(
      "INSERT INTO departures (model, at, tokens) VALUES (?, ?, ?)",
      "id",
    ),
    clean: db.prepare<[number]>("DELETE FROM departures WHERE at < ?"),
  };
}
