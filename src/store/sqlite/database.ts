/** What the store asks of SQLite, whichever library brings it. */
export interface Database {
  prepare<P extends unknown[] = unknown[], R = unknown>(sql: string): Statement<P, R>;
  /** Runs several statements that give nothing back. */
  exec(sql: string): unknown;
  /** @returns rows; with `simple` the first column of the first row */
  pragma(text: string, options?: { readonly simple?: boolean }): unknown;
  /** Wraps `work` into a transaction that is undone where it throws. `immediate` takes the write lock at once. */
  transaction<A extends unknown[], T>(work: (...args: A) => T): Transaction<A, T>;
  close(): unknown;
}

export interface Transaction<A extends unknown[], T> {
  (...args: A): T;
  immediate(...args: A): T;
}

export interface Statement<P extends unknown[] = unknown[], R = unknown> {
  run(...values: P): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
  get(...values: P): R | undefined;
  all(...values: P): R[];
  iterate(...values: P): IterableIterator<R>;
  /** From now on a row is the value of its first column. */
  pluck(): this;
  /** From now on a row is the list of its values. */
  raw(): this;
}
