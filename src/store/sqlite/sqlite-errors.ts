import { EvalsError } from "../../domain/problem.ts";
import { HISTORY_FILE } from "../history-file.ts";
import { storeCorrupt, storeNewer, storeUnwritable } from "../store-errors.ts";

/** The error for tables that a newer version of this program wrote. */
export class NewerSchema extends Error {}

/** SQLite error codes for an unusable file, grouped by what the user can do. */
const CORRUPT = /^SQLITE_(NOTADB|CORRUPT)/;
const UNWRITABLE = /^SQLITE_(CANTOPEN|READONLY|FULL|IOERR|PERM)/;

/**
 * Converts an error of SQLite that the user can fix to an EvalsError; all other errors are returned unchanged.
 *
 * @param path of the file, relative to the root
 */
export function translated(error: unknown, path: string = HISTORY_FILE): unknown {
  if (error instanceof EvalsError) return error;
  if (error instanceof NewerSchema) return storeNewer(path, error);
  const code = codeOf(error);
  if (code === undefined) return error;
  if (CORRUPT.test(code)) return storeCorrupt(path, error);
  if (UNWRITABLE.test(code) || /^(EACCES|EROFS|ENOTDIR|ENOENT|ELOOP|EEXIST|ENOSPC|EPERM)$/.test(code)) {
    return storeUnwritable(path, error);
  }
  return error;
}

/** SQLite's primary result codes (https://sqlite.org/rescode.html) that have a message here. */
const RESULT_CODES: Readonly<Record<number, string>> = {
  3: "SQLITE_PERM",
  8: "SQLITE_READONLY",
  10: "SQLITE_IOERR",
  11: "SQLITE_CORRUPT",
  13: "SQLITE_FULL",
  14: "SQLITE_CANTOPEN",
  26: "SQLITE_NOTADB",
};

/** better-sqlite3 gives the code's name; Node's SQLite gives its number in the lowest byte. */
function codeOf(error: unknown): string | undefined {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (typeof errcode === "number") return RESULT_CODES[errcode & 0xff];
  return typeof code === "string" ? code : undefined;
}
