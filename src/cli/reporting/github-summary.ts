import { appendFileSync, statSync } from "node:fs";
import type { Io } from "../io.ts";

/** Maximum size in bytes of the summary that GitHub shows for one step of a job. */
const MAX_BYTES = 1024 * 1024;

/** Path of the file for the summary that GitHub shows for the running step; null outside of GitHub Actions. */
export function summaryPath({ env }: Io): string | null {
  return env.GITHUB_STEP_SUMMARY || null;
}

/** Appends text to the summary that GitHub shows for the running step; does nothing outside of GitHub Actions. */
export function appendSummary(io: Io, text: string): void {
  const path = summaryPath(io);
  if (path === null) return;
  try {
    const written = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (written + Buffer.byteLength(text) <= MAX_BYTES) appendFileSync(path, text);
    else
      io.stderr(
        "The summary of this step is full, so this report is missing from it: GitHub accepts at most 1 MiB per step.\n",
      );
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    io.stderr(`The summary of this step cannot be written (${code}), so this report is missing from it.\n`);
  }
}
