import type { ProcessMark } from "../../processes/process-mark.ts";
import type { Lives } from "../run-process.ts";

/**
 * The database interface of the store, for any library. Statements work in both SQLite and PostgreSQL; code for only
 * one of them is in `sqlite/` or `postgres/`.
 */
export interface Database {
  prepare<P extends unknown[] = unknown[], R = unknown>(sql: string): Statement<P, R>;
  /**
   * An INSERT of one row, which returns the row's number.
   *
   * @param key the column with the number
   */
  insertion<P extends unknown[] = unknown[]>(sql: string, key: "id" | "no"): (...values: P) => number;
  /** Runs one or more statements without results. */
  exec(sql: string): unknown;
  /**
   * Runs `work` in a transaction that is rolled back when it throws. `immediate` takes the write lock at the
   * start. If it is unknown whether a commit succeeded, the caller may repeat the transaction with the same
   * object as its first argument: it is then written only once. `work` may be called again after a lost
   * connection, so everything that it calls must be repeatable.
   */
  transaction<A extends unknown[], T>(work: (...args: A) => T): Transaction<A, T>;
  /** Whether a transaction is repeated from its start after a lost connection. */
  readonly replays: boolean;
  /** The mark of a process in the form in which a run's row stores it. */
  readonly markOf: (self: ProcessMark) => ProcessMark;
  /** Whether the process with a stored mark is still running. */
  readonly lives: Lives;
  /**
   * The tables whose rows refer to rows of `parent`, each with the column that refers. They are read from the
   * database itself.
   */
  readonly childrenOf: (parent: string) => readonly { readonly table: string; readonly column: string }[];
  /**
   * Converts an error of the database that the user can fix to an EvalsError; all other errors are returned
   * unchanged.
   */
  readonly mistake: (error: unknown) => unknown;
  close(): unknown;
}

export interface Transaction<A extends unknown[], T> {
  (...args: A): T;
  immediate(...args: A): T;
}

export interface Statement<P extends unknown[] = unknown[], R = unknown> {
  run(...values: P): { readonly changes: number | bigint };
  get(...values: P): R | undefined;
  all(...values: P): R[];
  iterate(...values: P): IterableIterator<R>;
  /** Rows are returned as the value of their first column. */
  pluck(): this;
  /** Rows are returned as lists of values. */
  raw(): this;
}
