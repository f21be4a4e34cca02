import { hostname } from "node:os";
import { BACK_NOTICE, waitingNotice } from "../../postgres/connection-mistakes.ts";
import { isAlive, type ProcessMark } from "../../processes/process-mark.ts";
import type { Database, Statement, Transaction } from "../sql/database.ts";
import { PostgresFailure, translated } from "./postgres-mistakes.ts";
import { named, postgresStatement } from "./statements.ts";
import type { WaitingThread } from "./waiting-thread.ts";

/** How long a statement is retried while the database is unavailable, in milliseconds. */
const PATIENCE_MS = 60_000;
const FIRST_WAIT_MS = 50;
const MAX_WAIT_MS = 1000;
/**
 * Number of the advisory lock that every writing transaction holds. Without it, two processes could check the same
 * row at once and then both write.
 */
const WRITERS = 7_263_815_505;
/**
 * PostgreSQL ends a transaction that is idle for this long. A process that is cut off from the network cannot end
 * its transaction, which would keep the lock of all writers.
 */
const IDLE = "60s";
/** How many rows of a scan are in memory at once. */
const SCANNED = 2000;
/** Interval of the heartbeats that tell processes on other machines that this one is alive, in milliseconds. */
const BEAT_MS = 5000;
/** A process on another machine counts as dead when it has sent no heartbeat for this many seconds. */
const GIVEN_UP_S = 20;

export interface PostgresPlace {
  readonly url: string;
  readonly schema: string;
  /** Called when the database becomes unavailable and when it is back. */
  readonly notice: (text: string) => void;
  /** How long to wait for an unavailable database, in milliseconds; default one minute. */
  readonly patience_ms?: number | undefined;
}

/** A PostgreSQL database behind the interface that the store uses for every database. */
export function postgresDatabase(thread: WaitingThread, place: PostgresPlace): Database {
  const { schema } = place;
  const statements = new Map<string, string>();
  const session = openSession(thread, place);
  let isClosed = false;
  const db: Database = {
    replays: true,
    prepare: <P extends unknown[], R>(sql: string) => {
      let text = statements.get(sql);
      if (text === undefined) {
        text = postgresStatement(sql, schema);
        statements.set(sql, text);
      }
      return statementOf<P, R>(session, text);
    },
    insertion: (sql, key) => {
      const statement = db.prepare<unknown[], number>(`${sql} RETURNING ${key}`).pluck();
      return (...values) => {
        const number = statement.get(...values);
        if (number === undefined) throw new Error("a row was written and has no number");
        return number;
      };
    },
    exec: (sql) => session.query(named(sql, schema), []),
    transaction: (work) => session.transaction(work),
    mistake: (error) => translated(error, place.url),
    childrenOf: (parent) => childrenOf(db, schema, parent),
    markOf: (self) => {
      const mark: ProcessMark = { ...self, host: hostname() };
      const text = `WITH gone AS (DELETE FROM ${schema}.processes WHERE seen_at < now() - interval '1 day')
        INSERT INTO ${schema}.processes (mark) VALUES ($1) ON CONFLICT (mark) DO UPDATE SET seen_at = now()`;
      session.patiently(() =>
        thread.ask({ kind: "beat", text, values: [JSON.stringify(mark)], every_ms: BEAT_MS }),
      );
      return mark;
    },
    lives: (mark) => {
      if (mark.host === hostname()) return isAlive(mark);
      const seen = db.prepare<[string, number], number>(
        "SELECT count(*) FROM processes WHERE mark = ? AND seen_at > now() - make_interval(secs => ?)",
      );
      return seen.pluck().get(JSON.stringify(mark), GIVEN_UP_S) === 1;
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      undo(() => thread.ask({ kind: "close" }));
      thread.end();
    },
  };
  return db;
}

interface Session {
  query(
    text: string,
    values: readonly unknown[],
    lists?: boolean,
  ): { rows: readonly unknown[]; changes: number };
  /** Reads rows in chunks while other statements can run. */
  scan(text: string, values: readonly unknown[], lists: boolean): Generator<unknown>;
  transaction<A extends unknown[], T>(work: (...args: A) => T): Transaction<A, T>;
  patiently<T>(work: () => T): T;
}

function openSession(thread: WaitingThread, { notice, patience_ms = PATIENCE_MS }: PostgresPlace): Session {
  /** Number of nested open transactions. */
  let depth = 0;
  /**
   * Whether the database was unavailable for too long. Until it answers again, each statement is tried only
   * once.
   */
  let isGivenUp = false;
  let scans = 0;
  let scanned = 0;
  const ask = (text: string, values: readonly unknown[], lists = false, on: "main" | "reader" = "main") =>
    thread.ask({ kind: "query", on, text, values, lists });

  const dropAll = (): void => {
    for (const on of ["main", "reader"] as const) undo(() => thread.ask({ kind: "drop", on }));
  };

  /** Repeats the work while the database is unavailable, for at most `patience_ms`. */
  const patiently = <T>(work: () => T): T => {
    const until = performance.now() + (isGivenUp ? 0 : patience_ms);
    for (let wait = FIRST_WAIT_MS, isAway = false; ; wait = Math.min(MAX_WAIT_MS, wait * 2)) {
      try {
        const done = work();
        if (isAway) notice(BACK_NOTICE);
        isGivenUp = false;
        return done;
      } catch (error) {
        if (!(error instanceof PostgresFailure) || !error.passing) throw error;
        isGivenUp = performance.now() >= until;
        if (isGivenUp) {
          dropAll();
          throw error;
        }
        if (!isAway && wait > FIRST_WAIT_MS) {
          notice(waitingNotice(error));
          isAway = true;
        }
        dropAll();
        thread.ask({ kind: "pause", ms: wait });
      }
    }
  };

  const query: Session["query"] = (text, values, lists) =>
    // Inside a transaction a statement is not repeated by itself, because the whole transaction must be repeated.
    depth > 0 ? ask(text, values, lists) : patiently(() => ask(text, values, lists));

  const whole = <T>(work: () => T, attempt: Attempt<T>): T =>
    patiently(() => {
      // The earlier attempt lost its connection during the commit: only the database knows whether it was
      // committed.
      if (attempt.made !== undefined && isCommitted(attempt.made.transaction)) return attempt.made.result;
      attempt.made = undefined;
      ask("BEGIN", []);
      depth = 1;
      try {
        const { rows } = ask(
          `SELECT pg_current_xact_id()::text AS id, set_config('idle_in_transaction_session_timeout', '${IDLE}', true) FROM (SELECT pg_advisory_xact_lock(${WRITERS})) AS held`,
          [],
        );
        const transaction = (rows[0] as { readonly id: string }).id;
        const result = work();
        attempt.made = { result, transaction };
        ask("COMMIT", []);
        return result;
      } catch (error) {
        // After a lost connection nobody knows whether the transaction was committed, so the attempt is remembered.
        // Any other error means that the transaction was not committed.
        if (!(error instanceof PostgresFailure) || !error.passing) attempt.made = undefined;
        undo(() => ask("ROLLBACK", []));
        throw error;
      } finally {
        depth = 0;
      }
    });

  const isCommitted = (id: string): boolean => {
    for (;;) {
      const { rows } = ask("SELECT pg_xact_status($1::text::xid8) AS status", [id]);
      const { status } = rows[0] as { readonly status: string | null };
      if (status !== "in progress") return status === "committed";
      thread.ask({ kind: "pause", ms: FIRST_WAIT_MS });
    }
  };

  const within = <T>(work: () => T): T => {
    const point = `within_${depth}`;
    ask(`SAVEPOINT ${point}`, []);
    depth++;
    try {
      const result = work();
      ask(`RELEASE SAVEPOINT ${point}`, []);
      return result;
    } catch (error) {
      undo(() => ask(`ROLLBACK TO SAVEPOINT ${point}`, []));
      throw error;
    } finally {
      depth--;
    }
  };

  return {
    query,
    patiently,
    *scan(text, values, lists) {
      if (depth > 0) {
        yield* ask(text, values, lists).rows;
        return;
      }
      const name = `scan_${++scanned}`;
      patiently(() => {
        if (scans === 0) ask("BEGIN TRANSACTION READ ONLY", [], false, "reader");
        try {
          ask(`DECLARE ${name} NO SCROLL CURSOR FOR ${text}`, values, false, "reader");
        } catch (error) {
          if (scans === 0) undo(() => ask("ROLLBACK", [], false, "reader"));
          throw error;
        }
      });
      scans++;
      try {
        for (;;) {
          const { rows } = ask(`FETCH ${SCANNED} FROM ${name}`, [], lists, "reader");
          yield* rows;
          if (rows.length < SCANNED) return;
        }
      } finally {
        scans--;
        undo(() => ask(scans === 0 ? "COMMIT" : `CLOSE ${name}`, [], false, "reader"));
      }
    },
    transaction: <A extends unknown[], T>(work: (...args: A) => T) => {
      /**
       * Failed attempts, by the object that was to be written. An attempt whose connection was lost may have been
       * committed after all, which is checked when the caller passes the same object again.
       */
      const failed = new WeakMap<object, Attempt<T>>();
      const run = (...args: A): T => {
        const once = () => work(...args);
        if (depth > 0) return within(once);
        const [what] = args;
        if (typeof what !== "object" || what === null) return whole(once, {});
        const attempt = failed.get(what) ?? {};
        failed.set(what, attempt);
        const result = whole(once, attempt);
        failed.delete(what);
        return result;
      };
      return Object.assign(run, { immediate: run });
    },
  };
}

/**
 * An attempt to run a transaction. `made` is absent until the work is done, and after an error that rules out a
 * commit.
 */
interface Attempt<T> {
  /**
   * The result of the work, and the number of the transaction, by which the database says whether it was committed.
   */
  made?: { readonly result: T; readonly transaction: string } | undefined;
}

/**
 * Cleans up after an error. Errors of the cleanup are ignored, because the first error is the one to report.
 */
function undo(work: () => unknown): void {
  try {
    work();
  } catch {}
}

function statementOf<P extends unknown[], R>(session: Session, text: string): Statement<P, R> {
  let lists = false;
  let shape = (row: unknown): R => row as R;
  const statement: Statement<P, R> = {
    run: (...values) => ({ changes: session.query(text, values).changes }),
    get: (...values) => {
      const { rows } = session.query(text, values, lists);
      return rows.length === 0 ? undefined : shape(rows[0]);
    },
    all: (...values) => session.query(text, values, lists).rows.map(shape),
    iterate: (...values) => shaped(session.scan(text, values, lists), (row) => shape(row)),
    pluck: () => {
      lists = true;
      shape = (row) => (row as readonly R[])[0] as R;
      return statement;
    },
    raw: () => {
      lists = true;
      return statement;
    },
  };
  return statement;
}

function* shaped<R>(rows: Iterable<unknown>, shape: (row: unknown) => R): Generator<R> {
  for (const row of rows) yield shape(row);
}

function childrenOf(db: Database, schema: string, parent: string) {
  return db
    .prepare<[string, string], { readonly table: string; readonly column: string }>(
      `SELECT child.relname AS "table", a.attname AS "column" FROM pg_constraint k
       JOIN pg_class child ON child.oid = k.conrelid JOIN pg_class parent ON parent.oid = k.confrelid
       JOIN pg_namespace n ON n.oid = parent.relnamespace JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
       WHERE k.contype = 'f' AND n.nspname = ? AND parent.relname = ? ORDER BY child.relname`,
    )
    .all(schema, parent);
}
