import { EvalsError } from "../../domain/problem.ts";
import { storeCorrupt, storeNewer, storeUnwritable } from "../store-errors.ts";
import { NewerSchema } from "./migrate.ts";

/** Where the history stands below the project root. */
export const RELATIVE_PATH = ".evals/history.db";

/** Codes of SQLite that mean "this file cannot be used", by what a person can do about them. */
const CORRUPT = /^SQLITE_(NOTADB|CORRUPT)/;
const UNWRITABLE = /^SQLITE_(CANTOPEN|READONLY|FULL|IOERR|PERM)/;

/** SQLite's own errors in words; anything else as it is. */
export function translated(error: unknown): unknown {
  if (error instanceof EvalsError) return error;
  if (error instanceof NewerSchema) return storeNewer(RELATIVE_PATH, error);
  const code = (error as { code?: unknown }).code;
  if (typeof code !== "string") return error;
  if (CORRUPT.test(code)) return storeCorrupt(RELATIVE_PATH, error);
  if (UNWRITABLE.test(code) || /^(EACCES|EROFS|ENOTDIR|ENOENT|ELOOP|EEXIST|ENOSPC|EPERM)$/.test(code)) {
    return storeUnwritable(RELATIVE_PATH, error);
  }
  return error;
}
