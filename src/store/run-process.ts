import type { RunStatus } from "../domain/run.ts";
import { isAlive, type ProcessMark } from "../processes/process-mark.ts";

/** What a run's record says of who works on it. A process that was killed could not change it. */
export interface RunWork {
  /** As it was written. */
  readonly status: RunStatus;
  /** Who last claimed the run; null when it was let go of. */
  readonly owner: ProcessMark | null;
}

/** Whether a process that is marked still runs. */
export type Lives = (mark: ProcessMark) => boolean;

/** The same as it is: whoever reads it asks whether that process still lives. */
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

/** A living process other than this one that works on the run; null when the run may be claimed. */
export function otherProcess(
  owner: ProcessMark | null,
  self: ProcessMark,
  lives: Lives = isAlive,
): ProcessMark | null {
  if (owner === null) return null;
  if (owner.pid === self.pid && owner.started === self.started && owner.host === self.host) return null;
  return lives(owner) ? owner : null;
}
