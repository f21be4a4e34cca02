import type { RunStatus } from "../domain/run.ts";
import { isAlive, type ProcessMark } from "../processes/process-mark.ts";

/**
 * What the stored record says of a run's process. A process that was killed could not update the record, so
 * `workNow` checks whether the process still lives.
 */
export interface RunWork {
  /** The stored status. */
  readonly status: RunStatus;
  /** The last process that claimed the run; null when the run was released. */
  readonly owner: ProcessMark | null;
}

/** Whether the process with this mark is still running. */
export type Lives = (mark: ProcessMark) => boolean;

/** The current status: a stored `running` counts as interrupted when its process is dead. */
export function workNow(
  { status, owner }: RunWork,
  lives: Lives = isAlive,
): {
  readonly status: RunStatus;
  readonly process: number | null;
} {
  const process = owner !== null && lives(owner) ? owner.pid : null;
  return { status: status === "running" && process === null ? "interrupted" : status, process };
}

/** The other process that works on the run and is still alive; null when this process may claim the run. */
export function otherProcess(
  owner: ProcessMark | null,
  self: ProcessMark,
  lives: Lives = isAlive,
): ProcessMark | null {
  if (owner === null) return null;
  if (owner.pid === self.pid && owner.started === self.started && owner.host === self.host) return null;
  return lives(owner) ? owner : null;
}
