import { readFileSync } from "node:fs";

/** Identifies a process. A later process with the same process id has a different mark. */
export interface ProcessMark {
  readonly pid: number;
  /** Start time as reported by the kernel; null when unknown. */
  readonly started: string | null;
  /** Name of the process's machine. Set when the mark is stored where several machines can read it. */
  readonly host?: string;
}

/** @param pid of a running process */
export function markProcess(pid: number): ProcessMark {
  return { pid, started: statOf(pid)?.started ?? null };
}

/** Whether the process with this mark is still running. A zombie counts as ended. */
export function isAlive({ pid, started }: ProcessMark): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const now = statOf(pid);
  if (now?.state === "Z") return false;
  return started === null || now === null || now.started === started;
}

/**
 * A process's state and start time from `/proc`, which only Linux has; null on other systems, and when there is no such
 * process.
 */
function statOf(pid: number): { readonly state: string; readonly started: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The process name in parentheses may contain spaces and parentheses.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", started: fields[19] ?? "" };
  } catch {
    return null;
  }
}
