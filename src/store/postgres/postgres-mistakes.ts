import { EvalsError } from "../../domain/problem.ts";
import { addressOf, connectionProblem, READ_ONLY } from "../../postgres/connection-mistakes.ts";
import type { Failed } from "./thread-messages.ts";

const USE = {
  why: "EVALS_HISTORY names this database as the history: every answer is written to the database as soon as it arrives.",
  written: "Every answer is written to this database as soon as it arrives.",
  address:
    "EVALS_HISTORY=postgres://user:password@host:5432/database; unset it to keep the history in .evals/",
};

/**
 * An error of a request to PostgreSQL: the database reported it, or the connection failed. `passing` says whether a
 * retry may succeed.
 */
export class PostgresFailure extends Error {
  readonly code: string | null;
  readonly passing: boolean;

  constructor({ code, message, passing }: Omit<Failed, "kind">) {
    super(message);
    this.code = code;
    this.passing = passing;
  }
}

/** Converts an error that the user can fix to an EvalsError; all other errors are returned unchanged. */
export function translated(error: unknown, url: string): unknown {
  if (!(error instanceof PostgresFailure)) return error;
  const { code, message } = error;
  if (code === "53100" || code === "53400")
    return unwritable(
      url,
      error,
      "Free space on the disk of the database. The same command with --resume then goes on.",
    );
  if (code === "42501")
    return unwritable(url, error, "Give the role the rights that docs/store.md lists, or name another role.");
  if (
    error.passing ||
    code?.startsWith("28") ||
    code === "3D000" ||
    code === READ_ONLY ||
    code === "ECONNREFUSED"
  )
    return new EvalsError(connectionProblem(url, { code, message }, USE), { cause: error });
  return error;
}

function unwritable(url: string, cause: Error, fix: string): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_STORE_UNWRITABLE",
      what: `The history at ${addressOf(url)} cannot be written: ${cause.message}.`,
      why: `${USE.written} Answers that are already stored are not lost.`,
      fix,
    },
    { cause },
  );
}
