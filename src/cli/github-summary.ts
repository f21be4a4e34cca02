import { appendFileSync, statSync } from "node:fs";
import type { Io } from "./io.ts";

/** What GitHub takes of one step. */
const MOST_BYTES = 1024 * 1024;

/** Adds a text to the summary of the step that is running; outside of GitHub's CI there is none. */
export function appendSummary(io: Io, text: string): void {
  const path = io.env.GITHUB_STEP_SUMMARY;
  if (path === undefined || path === "") return;
  const written = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (written + Buffer.byteLength(text) > MOST_BYTES) {
    io.stderr("The step's summary is full: GitHub takes 1 MiB of a step, so this report is not in it.\n");
    return;
  }
  appendFileSync(path, text);
}
