import { readFileSync } from "node:fs";

/** A process, distinguished from a later one that got the same number. */
export interface ProcessMark {
  readonly pid: number;
  /** When it started, as the kernel counts; null where that cannot be read. */
  readonly started: string | null;
  /** Name of the machine, where several share what is marked. */
  readonly host?: string;
}

/** @param pid of a process that runs now */
export function markProcess(pid: number): ProcessMark {
  return { pid, started: statOf(pid)?.started ?? null };
}

/** Whether that very process still runs. A process that has ended and waits for its parent does not. */
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

/** Only Linux gives this; elsewhere the number alone has to do. */
function statOf(pid: number): { readonly state: string; readonly started: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold blanks and parentheses itself.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", started: fields[19] ?? "" };
  } catch {
    return null;
  }
}
