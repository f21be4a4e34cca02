import { appendFileSync, statSync } from "node:fs";
import type { Environment } from "../environment.ts";

/** Maximum size in bytes of the summary that GitHub shows for one step of a job. */
const MAX_BYTES = 1024 * 1024;

/** Path of the file for the summary that GitHub shows for the running step; null outside of GitHub Actions. */
export function summaryPath({ env }: Pick<Environment, "env">): string | null {
  return env.GITHUB_STEP_SUMMARY || null;
}

/** Appends text to the summary that GitHub shows for the running step; does nothing outside of GitHub Actions. */
export function appendSummary(io: Pick<Environment, "env" | "notice">, text: string): void {
  const path = summaryPath(io);
  if (path === null) return;
  try {
    const written = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (written + Buffer.byteLength(text) <= MAX_BYTES) appendFileSync(path, text);
    else
      io.notice(
        "The summary of this step is full, so this report is missing from it: GitHub accepts at most 1 MiB per step.",
      );
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    io.notice(`The summary of this step cannot be written (${code}), so this report is missing from it.`);
  }
}
