import { EvalsError } from "../domain/problem.ts";
import { resumeCommand } from "../domain/resume-command.ts";
import type { RunHeader } from "../domain/run.ts";
import type { ProcessMark } from "../processes/process-mark.ts";

const WHY =
  "Every answer is written to the history as soon as it arrives; without the history a run would lose answers that are already paid for.";

export function storeUnwritable(path: string, cause: unknown): EvalsError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EvalsError(
    {
      code: "EVALS_STORE_UNWRITABLE",
      path,
      what: `The history cannot be written: ${reason}.`,
      why: WHY,
      fix: "Make .evals/ writable, or free space on its disk.",
    },
    { cause },
  );
}

export function storeCorrupt(path: string, cause: unknown): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_STORE_CORRUPT",
      path,
      what: "The history is not a readable SQLite database.",
      why: WHY,
      fix: `Move the file away (mv ${path} .evals/history.broken); a new history is then made. Baselines are in git and are not touched.`,
    },
    { cause },
  );
}

export function storeNewer(path: string, cause: Error): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_STORE_NEWER",
      path,
      what: `The history was written by a newer evals (${cause.message}).`,
      why: "Writing to a history whose schema is unknown could damage it.",
      fix: `Update git-evals, or move ${path} to another folder.`,
    },
    { cause },
  );
}

/** @param other the process that works on the run; null for another call in this process */
export function runBusy(
  header: Pick<RunHeader, "id" | "suite" | "repeated_options">,
  other: Pick<ProcessMark, "pid" | "host"> | null,
): EvalsError {
  const { id, suite } = header;
  const on = other?.host === undefined ? "" : ` on ${other.host}`;
  return new EvalsError({
    code: "EVALS_RUN_BUSY",
    what: `${other === null ? "Another call in this process" : `Process ${other.pid}${on}`} is at work on run ${id} of suite ${suite}.`,
    why: "Two processes that continue one run would both ask, and pay for, its missing trials.",
    fix:
      other === null
        ? `Wait until that call has ended, or abort it. Then: ${resumeCommand(header)}`
        : `Wait until that process has ended, or stop it${on}: kill -INT ${other.pid}. Then: ${resumeCommand(header)}`,
  });
}

/**
 * @param node the running Node version
 * @param causes why each SQLite library could not be loaded
 */
export function noSqlite(node: string, causes: readonly Error[]): EvalsError {
  const reasons = causes.map(({ message }) => message.split("\n", 1)[0]?.trim()).join("; ");
  return new EvalsError(
    {
      code: "EVALS_STORE_NO_SQLITE",
      what: `SQLite cannot be loaded in Node ${node}: ${reasons}.`,
      why: WHY,
      fix: "Build better-sqlite3 for this Node: npm rebuild better-sqlite3 (pnpm: pnpm approve-builds, then pnpm rebuild better-sqlite3), which needs a C++ compiler. Or use Node 22.13 or later, which has SQLite of its own.",
    },
    { cause: causes[0] },
  );
}
