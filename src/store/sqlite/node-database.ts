import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { Statement, Transaction } from "../sql/database.ts";
import { BUSY_TIMEOUT_MS, SqliteAbsent } from "./open-database.ts";
import type { OpenedSqlite } from "./sqlite-database.ts";

/**
 * Opens a database with Node's built-in SQLite.
 *
 * @throws {SqliteAbsent} on a Node older than 22.13, because SQLite is not built in there
 */
export async function openNodeDatabase(path: string): Promise<OpenedSqlite> {
  const { DatabaseSync } = await loadQuietly();
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  const read = cutsAtNul(db) ? bytesOfTexts(db) : asGiven;
  let open = true;
  return {
    prepare: (asked) => {
      const { sql, value } = read(asked);
      return nodeStatement(db.prepare(sql), value);
    },
    exec: (sql) => db.exec(sql),
    pragma: (text, { simple = false } = {}) => {
      const rows = db.prepare(`PRAGMA ${text}`).all() as Row[];
      return simple ? rows[0] && Object.values(rows[0])[0] : rows;
    },
    transaction: (work) => transactionOf(db, work),
    close: () => {
      if (open) db.close();
      open = false;
    },
  };
}

/**
 * Hides the warning that Node's SQLite interface may change: it is meant for developers, not for users of this
 * program.
 */
async function loadQuietly(): Promise<typeof import("node:sqlite")> {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (/SQLite is an experimental feature/.test(String(warning))) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    return await import("node:sqlite");
  } catch (error) {
    throw new SqliteAbsent(error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    process.emitWarning = emitWarning;
  }
}

type Row = Readonly<Record<string, unknown>>;

/** How a query must be written, and how the values of its rows are then read. */
interface Reading {
  readonly sql: string;
  readonly value: (given: unknown) => unknown;
}

const given = (value: unknown): unknown => value;
const asGiven = (sql: string): Reading => ({ sql, value: given });

/**
 * Whether this SQLite cuts texts at their first NUL character, as the SQLite of Node 22 does. A model may write a
 * NUL.
 */
function cutsAtNul(db: DatabaseSync): boolean {
  return (db.prepare("SELECT char(97, 0, 98) AS text").get() as Row).text === "a";
}

/** Makes queries return texts as blobs, which are not cut at a NUL, and blobs as hexadecimal text. */
function bytesOfTexts(db: DatabaseSync): (sql: string) => Reading {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const value = (read: unknown): unknown => {
    if (read instanceof Uint8Array) return decoder.decode(read);
    return typeof read === "string" ? Buffer.from(read, "hex") : read;
  };
  return (sql) => {
    if (!/^\s*SELECT\b/i.test(sql)) return asGiven(sql);
    const names = db
      .prepare(sql)
      .columns()
      .map(({ name }) => `"${name.replaceAll('"', '""')}"`);
    const bytes = names.map(
      (name) =>
        `CASE typeof(${name}) WHEN 'text' THEN CAST(${name} AS BLOB) WHEN 'blob' THEN hex(${name}) ELSE ${name} END AS ${name}`,
    );
    return { sql: `SELECT ${bytes.join(", ")} FROM (${sql})`, value };
  };
}

function nodeStatement<P extends unknown[], R>(of: StatementSync, value: Reading["value"]): Statement<P, R> {
  // Node's rows have no prototype, so they would not equal object literals.
  let shape: (row: Row) => unknown = (row) => {
    const plain: Record<string, unknown> = {};
    for (const name in row) plain[name] = value(row[name]);
    return plain;
  };
  const shaped = (row: unknown): R => shape(row as Row) as R;
  const values = (given: P): SQLInputValue[] => given as SQLInputValue[];
  const statement: Statement<P, R> = {
    run: (...given) => of.run(...values(given)),
    get: (...given) => {
      const row = of.get(...values(given));
      return row === undefined ? undefined : shaped(row);
    },
    all: (...given) => of.all(...values(given)).map(shaped),
    iterate: (...given) => each(of.iterate(...values(given)), shaped),
    pluck: () => {
      shape = (row) => value(Object.values(row)[0]);
      return statement;
    },
    raw: () => {
      of.setReturnArrays?.(true);
      const isGiven = of.setReturnArrays !== undefined && value === given;
      shape = isGiven ? (row) => row : (row) => Object.values(row).map(value);
      return statement;
    },
  };
  return statement;
}

function* each<R>(rows: Iterable<unknown>, shaped: (row: unknown) => R): Generator<R> {
  for (const row of rows) yield shaped(row);
}

/** Number of nested open transactions per database. */
const depths = new WeakMap<DatabaseSync, number>();

function transactionOf<A extends unknown[], T>(db: DatabaseSync, work: (...args: A) => T): Transaction<A, T> {
  const within =
    (begin: string) =>
    (...args: A): T => {
      const depth = depths.get(db) ?? 0;
      const point = `within_${depth}`;
      db.exec(depth === 0 ? begin : `SAVEPOINT ${point}`);
      depths.set(db, depth + 1);
      try {
        const result = work(...args);
        db.exec(depth === 0 ? "COMMIT" : `RELEASE ${point}`);
        return result;
      } catch (error) {
        undo(db, depth === 0 ? "ROLLBACK" : `ROLLBACK TO ${point}; RELEASE ${point}`);
        throw error;
      } finally {
        depths.set(db, depth);
      }
    };
  return Object.assign(within("BEGIN"), { immediate: within("BEGIN IMMEDIATE") });
}

/**
 * Rolls back after an error. Further errors are ignored: with a full disk, SQLite has rolled back by itself.
 */
function undo(db: DatabaseSync, sql: string): void {
  try {
    db.exec(sql);
  } catch {}
}
