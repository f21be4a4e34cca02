import { appendFileSync, statSync } from "node:fs";
import type { Io } from "../io.ts";

/** GitHub's limit per step. */
const MAX_BYTES = 1024 * 1024;

/** The file for the current step's summary; null outside of GitHub's CI. */
export function summaryPath({ env }: Io): string | null {
  return env.GITHUB_STEP_SUMMARY || null;
}

/** Appends text to the current step's summary; does nothing outside of GitHub's CI. */
export function appendSummary(io: Io, text: string): void {
  const path = summaryPath(io);
  if (path === null) return;
  try {
    const written = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (written + Buffer.byteLength(text) <= MAX_BYTES) appendFileSync(path, text);
    else
      io.stderr("The step's summary is full: GitHub takes 1 MiB of a step, so this report is not in it.\n");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    io.stderr(`The step's summary cannot be written (${code}), so this report is not in it.\n`);
  }
}
