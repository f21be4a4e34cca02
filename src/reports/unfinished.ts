import { isAside } from "../domain/aside-run.ts";
import type { RunHeader } from "../domain/run.ts";

/** Describes an unfinished run in one or two sentences. */
export function unfinishedSentence(header: RunHeader, status: "running" | "interrupted"): string {
  if (status === "running") return "It is still running.";
  const command = goOnCommand(header);
  return command === null ? "It was interrupted." : `It was interrupted. To go on: ${command}`;
}

/**
 * The command that resumes a run; null when `--resume` cannot continue the run, or the suite's name needs quotes in
 * a shell.
 */
export function goOnCommand(header: RunHeader): string | null {
  const { id, suite, rescored_from } = header;
  const typed = /^[\w./-]+$/.test(suite);
  return rescored_from === null && !isAside({ header }) && typed
    ? `evals run ${suite} --resume --run ${id}`
    : null;
}
