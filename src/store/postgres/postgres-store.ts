import { EvalsError } from "../../domain/problem.ts";
import { addressOf, READ_ONLY } from "../../postgres/connection-mistakes.ts";
import type { ProcessMark } from "../../processes/process-mark.ts";
import { historyOf } from "../sql/history.ts";
import type { Store } from "../store.ts";
import { postgresCare } from "./care.ts";
import { postgresDatabase } from "./postgres-database.ts";
import { PostgresFailure } from "./postgres-mistakes.ts";
import { migrateHistory } from "./schema.ts";
import { startThread } from "./waiting-thread.ts";

/** Default schema, unless `?schema=` in the address names another. */
const SCHEMA = "evals_history";

export interface PostgresHistory {
  /** `postgres://…`, with `?schema=` to select one of several stores. */
  readonly address: string;
  readonly now: () => number;
  readonly self: ProcessMark;
  readonly notice: (text: string) => void;
  /** How long to wait for an unavailable database, in milliseconds; default one minute. */
  readonly patience_ms?: number | undefined;
}

/**
 * Opens a store in PostgreSQL and creates its tables if needed.
 *
 * @throws {EvalsError} when the database cannot be reached or written, or its tables are from a newer program
 */
export async function openPostgresStore({
  address,
  now,
  self,
  notice,
  patience_ms,
}: PostgresHistory): Promise<Store> {
  await requireDriver();
  const { url, schema } = placeOf(address);
  const thread = await startThread(url);
  // At the start nothing is retried, because the address may be wrong.
  const first = postgresDatabase(thread, { url, schema, notice, patience_ms: 0 });
  try {
    refuseReadOnly(first);
    migrateHistory(first, schema);
  } catch (error) {
    first.close();
    throw first.mistake(error);
  }
  const db = postgresDatabase(thread, { url, schema, notice, patience_ms });
  const place = `${addressOf(url)}#${schema}`;
  return historyOf({ db, care: postgresCare(db, schema, place), place, now, self });
}

function refuseReadOnly(db: ReturnType<typeof postgresDatabase>): void {
  const closed = db
    .prepare<[], number>(
      "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS closed",
    )
    .pluck()
    .get();
  if (closed === 1)
    throw new PostgresFailure({ code: READ_ONLY, message: "the database is read-only", passing: false });
}

/** The database's address without the parameter `schema`, and the schema. */
function placeOf(address: string): { readonly url: string; readonly schema: string } {
  const url = URL.canParse(address) ? new URL(address) : null;
  const schema = url?.searchParams.get("schema") ?? SCHEMA;
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || !/^[a-z_][a-z0-9_]{0,50}$/.test(schema))
    throw new EvalsError({
      code: "EVALS_POSTGRES_ADDRESS",
      what: "EVALS_HISTORY is not the address of a PostgreSQL database.",
      why: "If it is set, the history of this project is in that database and not below .evals/.",
      fix: "EVALS_HISTORY=postgres://user:password@host:5432/database, with ?schema=team_a if the database has several histories (small letters, digits, _); unset it to keep the history in .evals/",
    });
  url.searchParams.delete("schema");
  return { url: url.href, schema };
}

async function requireDriver(): Promise<void> {
  try {
    await import("pg");
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new EvalsError({
      code: "EVALS_STORE_NO_DRIVER",
      what: "A history in PostgreSQL needs the package pg, which is not installed.",
      why: "evals does not install this package, because only a history in PostgreSQL needs it.",
      fix: "npm install --save-dev pg@8",
    });
  }
}
