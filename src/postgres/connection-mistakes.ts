import type { Problem } from "../domain/problem.ts";

/** Error codes for a database that is unavailable, restarting, full or busy: a retry may succeed. */
const PASSING = new Set([
  ...["57P01", "57P02", "57P03", "53300", "53100", "53200", "40001", "40P01", "25P02"],
  ...[
    "ECONNREFUSED",
    "ECONNRESET",
    "EPIPE",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "EAI_AGAIN",
    "ENOTFOUND",
  ],
]);
const PASSING_WORDS =
  /connection terminated|terminated unexpectedly|timeout exceeded when trying to connect|connection error|not queryable|timeout expired/i;

/** PostgreSQL's error code for a write in a read-only transaction, for instance on a standby server. */
export const READ_ONLY = "25006";
const DISK_FULL = "53100";

/** Whether the cause of the error may pass by itself, so that a retry may succeed. */
export function isPassing(error: unknown): boolean {
  const { code, message = "" } = error as { code?: string | null; message?: string };
  if (typeof code === "string" && (PASSING.has(code) || code.startsWith("08"))) return true;
  return PASSING_WORDS.test(message);
}

/** Whether the database has no room: its disk, its memory or its connections are used up. */
export function isFull(error: unknown): boolean {
  return (error as { code?: string | null }).code?.startsWith("53") === true;
}

/**
 * Whether work on a database that this program was already using may succeed later. A server that took writes before
 * and is now read-only has lost its role in a failover, so another server is becoming the primary.
 */
export function isPassingInUse(error: unknown): boolean {
  return isPassing(error) || (error as { code?: string | null }).code === READ_ONLY;
}

/** The notice that this program waits for a database that was already in use. */
export function waitingNotice(error: unknown): string {
  const { code, message } = error as { code?: string | null; message: string };
  const what = code === READ_ONLY || code === DISK_FULL ? "takes no writes" : "does not answer";
  return `PostgreSQL ${what} (${message}): waiting for it; answers that have arrived are kept.`;
}

/** The notice that the database answers again after the wait. */
export const BACK_NOTICE = "PostgreSQL answers again.";

/** The location of a database without user and password: `db.example.com:5432/evals`. */
export function addressOf(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `${host}${pathname}`;
  } catch {
    return "the address that was given";
  }
}

/** The purpose of a database, for error messages. */
export interface DatabaseUse {
  /** Why a database is needed. */
  readonly why: string;
  /** A sentence on the data that is written to the database and would be lost. */
  readonly written: string;
  /** How to set the database's address. */
  readonly address: string;
}

/** The problem found at the first connection to a database. */
export function connectionProblem(
  url: string,
  error: unknown,
  { why, written, address }: DatabaseUse,
): Problem {
  const { code: given, message = "" } = error as { code?: string | null; message?: string };
  const code = given ?? "";
  const at = addressOf(url);
  const reason = message.split("\n")[0]?.replaceAll(url, at) ?? "";
  if (code === READ_ONLY) {
    return {
      code: "EVALS_POSTGRES_READ_ONLY",
      what: `The PostgreSQL at ${at} takes no writes.`,
      why: `${written} A standby server or a read-only session refuses writes.`,
      fix: "Use the address of the primary server, and a role whose transactions are not read-only.",
    };
  }
  if (isFull(error)) {
    return {
      code: "EVALS_POSTGRES_FULL",
      what: `The PostgreSQL at ${at} has no room: ${reason}`,
      why: `${written} It has no room for more.`,
      fix: "Free disk space there, or allow more connections, and repeat the command: what is stored already is kept.",
    };
  }
  if (code.startsWith("28") || code === "3D000") {
    return {
      code: "EVALS_POSTGRES_REFUSED",
      what: `The PostgreSQL at ${at} refuses the connection: ${reason}`,
      why,
      fix: "Check role, password and database in the address; docs/workers.md has the SQL that creates roles.",
    };
  }
  return {
    code: "EVALS_POSTGRES_UNREACHABLE",
    what: `No PostgreSQL answers at ${at}: ${reason || code}`,
    why,
    fix: address,
  };
}
