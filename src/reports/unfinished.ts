import { isAside } from "../domain/aside-run.ts";
import type { RunHeader } from "../domain/run.ts";

/** Describes a run that has not ended, in one or two sentences. */
export function unfinishedSentence(header: RunHeader, status: "running" | "interrupted"): string {
  if (status === "running") return "It is still running.";
  const command = goOnCommand(header);
  return command === null ? "It was interrupted." : `It was interrupted. To go on: ${command}`;
}

/** The command that goes on with a run; null where another one has to make it anew. */
export function goOnCommand(header: RunHeader): string | null {
  const { id, suite, rescored_from } = header;
  const typed = /^[\w./-]+$/.test(suite);
  return rescored_from === null && !isAside({ header }) && typed
    ? `evals run ${suite} --resume --run ${id}`
    : null;
}
