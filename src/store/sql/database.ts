import type { ProcessMark } from "../../processes/process-mark.ts";
import type { Lives } from "../run-process.ts";

/**
 * What the history asks of a database, whichever library brings it. Statements are written so that SQLite and PostgreSQL take
 * them alike: what only one of them has is in `sqlite/` or `postgres/`.
 */
export interface Database {
  prepare<P extends unknown[] = unknown[], R = unknown>(sql: string): Statement<P, R>;
  /** Runs several statements that give nothing back. */
  exec(sql: string): unknown;
  /** Wraps `work` into a transaction that is undone where it throws. `immediate` waits for other writers at its beginning. */
  transaction<A extends unknown[], T>(work: (...args: A) => T): Transaction<A, T>;
  /** A transaction whose connection is lost is done again from its beginning. */
  readonly replays: boolean;
  /** How a process is marked here as the one that works on a run. */
  readonly markOf: (self: ProcessMark) => ProcessMark;
  /** Whether a process that is marked here still runs. */
  readonly lives: Lives;
  /** Tables whose rows belong to those of another, whichever schema brought them, and the column that says to which. */
  readonly childrenOf: (parent: string) => readonly { readonly table: string; readonly column: string }[];
  /** Its own errors in words, where a person can do something about them; any other as it is. */
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
  /** From now on a row is the value of its first column. */
  pluck(): this;
  /** From now on a row is the list of its values. */
  raw(): this;
}

/** The number of a row that was just written, as RETURNING gives it. */
export function itsNumber(returned: number | undefined): number {
  if (returned === undefined) throw new Error("a row was written and has no number");
  return returned;
}
