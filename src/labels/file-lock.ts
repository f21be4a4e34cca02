import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { EvalsError } from "../domain/problem.ts";

/** Milliseconds between two looks at a lock that somebody else holds. */
const PAUSE_MS = 20;
/** Whoever holds it reads and writes one small file: ten seconds mean that it will not come free by itself. */
const MOST_LOOKS = 500;

/** How a lock waits: the number of looks, and what happens between two. */
export interface LockPatience {
  readonly looks: number;
  readonly pause: () => void;
}

const PATIENT: LockPatience = { looks: MOST_LOOKS, pause: sleepAWhile };

/**
 * Does the work while no other process on any machine does work under the same lock. The lock of a process that died on
 * this machine is taken over.
 *
 * @param place of the lock file, absolute; it is gone afterwards
 * @param shown the same place in words for a person
 * @throws {EvalsError} EVALS_LABELS_BUSY when it does not come free; then nothing was done
 */
export function underLock<T>(
  place: string,
  shown: string,
  work: () => T,
  patience: LockPatience = PATIENT,
): T {
  const mark = `${JSON.stringify({ host: hostname(), pid: process.pid })}\n`;
  mkdirSync(dirname(place), { recursive: true });
  let looks = 0;
  while (!claim(place, mark)) {
    if (ownerIsDead(place) && takeOver(place)) continue;
    if (++looks >= patience.looks) throw busy(place, shown);
    patience.pause();
  }
  try {
    return work();
  } finally {
    rmSync(place, { force: true });
  }
}

/** @returns false when somebody else has it */
function claim(place: string, mark: string): boolean {
  try {
    writeFileSync(place, mark, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Removes a dead process's lock, one process at a time: two that did so at once could remove each other's new one. */
function takeOver(place: string): boolean {
  const second = `${place}.takeover`;
  if (!claim(second, "")) return false;
  try {
    if (ownerIsDead(place)) rmSync(place, { force: true });
    return true;
  } finally {
    rmSync(second, { force: true });
  }
}

/** Of another machine's process nothing is known, so it is taken to live. */
function ownerIsDead(place: string): boolean {
  const owner = readOwner(place);
  return owner !== undefined && owner.host === hostname() && !isAlive(owner.pid);
}

interface Owner {
  readonly host: string;
  readonly pid: number;
}

function readOwner(place: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(place, "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function sleepAWhile(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}

function busy(place: string, shown: string): EvalsError {
  const owner = readOwner(place);
  const who = owner === undefined ? "another process" : `process ${owner.pid} on ${owner.host}`;
  return new EvalsError({
    code: "EVALS_LABELS_BUSY",
    path: shown,
    what: `The labels are being written by ${who}, and have not come free.`,
    why: "Two that write the file at once would lose each other's labels.",
    fix: `Try again. If nothing of evals runs there any more, delete ${shown}`,
  });
}
