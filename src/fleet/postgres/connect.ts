import type { Pool, PoolClient } from "pg";
import { EvalsError } from "../../domain/problem.ts";
import {
  BACK_NOTICE,
  connectionProblem,
  isPassingInUse,
  READ_ONLY,
  waitingNotice,
} from "../../postgres/connection-mistakes.ts";
import { CONNECTION_LIMITS, endedInTime } from "../../postgres/unreliable-network.ts";
import type { FleetDatabase } from "../database.ts";

/** A row as returned by the driver. */
// biome-ignore lint/suspicious/noExplicitAny: the driver does not know what a statement returns
export type Row = any;

/** Executes statements: the pool, or one transaction. */
export interface Sql {
  query(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: Row[]; readonly rowCount: number | null }>;
}

/** A PostgreSQL connection pool, shared by all users in this process. */
export interface Postgres extends Sql {
  /** Runs statements in one transaction, which is rolled back on an error. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  readonly patiently: FleetDatabase["patiently"];
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Called when the database becomes unavailable and when it is back. */
  readonly notice: (text: string) => void;
  /** Maximum number of connections. */
  readonly connections?: number;
}

/** The purpose of the shared database, for error messages. */
export const USE = {
  why: "Workers and planners share one database.",
  written: "Blocks, answers and what they cost are written to this database.",
  address:
    "postgres://user:password@host:5432/database, or env:NAME for an environment variable that holds it",
};

const FIRST_WAIT_MS = 50;
const MAX_WAIT_MS = 1000;

/**
 * Connects and checks that the database responds.
 *
 * @throws {EvalsError} for an invalid address, or a database that cannot be reached or written
 */
export async function connectPostgres(
  url: string,
  { notice, connections = 6 }: ConnectOptions,
): Promise<Postgres> {
  const { default: pg } = await import("pg");
  let pool: Pool;
  try {
    pool = new pg.Pool({
      ...CONNECTION_LIMITS,
      connectionString: url,
      max: connections,
      application_name: "evals",
    });
  } catch (error) {
    throw new EvalsError(connectionProblem(url, error, USE));
  }
  // An idle connection failed; the next statement will notice.
  pool.on("error", () => {});
  try {
    const { rows } = await pool.query(
      "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS closed",
    );
    if (rows[0]?.closed === true) throw Object.assign(new Error("it takes no writes"), { code: READ_ONLY });
  } catch (error) {
    await endedInTime(pool.end());
    throw new EvalsError(connectionProblem(url, error, USE));
  }
  let away = false;
  let closed = false;
  const patiently: Postgres["patiently"] = async (work, signal) => {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(MAX_WAIT_MS, wait * 2)) {
      try {
        const done = await work();
        if (away) notice(BACK_NOTICE);
        away = false;
        return done;
      } catch (error) {
        if (!isPassingInUse(error) || signal?.aborted || closed) throw error;
        if (!away && wait > FIRST_WAIT_MS) notice(waitingNotice(error));
        away ||= wait > FIRST_WAIT_MS;
        await pause(wait, signal);
      }
    }
  };
  return {
    query: (text, values) => pool.query(text, values as unknown[]),
    transaction: (work) => inTransaction(pool, work),
    patiently,
    close: async () => {
      closed = true;
      await endedInTime(pool.end());
    },
  };
}

async function inTransaction<T>(pool: Pool, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client: PoolClient = await pool.connect();
  let broken: Error | undefined;
  // A connection that fails between two statements reports the error here. The next statement fails with this error.
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on("error", onError);
  try {
    await client.query("BEGIN");
    const done = await work({ query: (text, values) => client.query(text, values as unknown[]) });
    await client.query("COMMIT");
    return done;
  } catch (error) {
    await client.query("ROLLBACK").catch((failed: Error) => {
      broken ??= failed;
    });
    throw error;
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}
