import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { EvalsError } from "../domain/problem.ts";
import { isAlive, markProcess, type ProcessMark } from "../processes/process-mark.ts";

/** Interval between attempts to take a lock, in milliseconds. */
const PAUSE_MS = 20;
/**
 * Maximum number of attempts to take a lock: ten seconds of them. A lock is held only while a small file is written, so
 * a process that holds one for that long is stuck.
 */
const MAX_ATTEMPTS = 10_000 / PAUSE_MS;

/** A file that is written under a lock, as messages describe it. */
export interface LockedFile {
  /** What the file contains, for messages and the error code: "labels" or "verdicts". */
  readonly noun: string;
  /** Path of the lock file for messages. */
  readonly shown: string;
}

/** How to wait for a lock: the number of attempts, and the pause between two. */
export interface LockPatience {
  readonly attempts: number;
  readonly pause: () => void;
}

const PATIENT: LockPatience = { attempts: MAX_ATTEMPTS, pause: sleepAWhile };

/**
 * Runs the work while no other process on any machine holds the same lock. A lock left by a dead process of this
 * machine is taken over.
 *
 * @param place absolute path of the lock file, which is removed afterwards
 * @throws {EvalsError} EVALS_LABELS_BUSY, EVALS_VERDICTS_BUSY when the lock is not released; then nothing was done
 */
export function underLock<T>(
  place: string,
  file: LockedFile,
  work: () => T,
  patience: LockPatience = PATIENT,
): T {
  let attempts = 0;
  while (!tryLock(place)) {
    if (++attempts >= patience.attempts) throw busy(place, file);
    patience.pause();
  }
  try {
    return work();
  } finally {
    rmSync(place, { force: true });
  }
}

/**
 * Takes a lock without waiting. A lock left by a dead process of this machine is taken over.
 *
 * @returns false when another process has it; otherwise the caller must remove `place` when finished
 */
export function tryLock(place: string): boolean {
  const mark = `${JSON.stringify({ host: hostname(), ...markProcess(process.pid) })}\n`;
  mkdirSync(dirname(place), { recursive: true });
  while (!claim(place, mark)) if (!ownerIsDead(place) || !takeOver(place)) return false;
  return true;
}

/** The holder of a lock as text: `process 4711 on build-3`. */
export function lockHolder(place: string): string {
  const owner = readOwner(place);
  return owner === undefined ? "another process" : `process ${owner.pid} on ${owner.host}`;
}

/** Creates the lock file. @returns false when there is a lock file already */
function claim(place: string, mark: string): boolean {
  try {
    writeFileSync(place, mark, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Removes the lock of a dead process. A second lock guards the removal: if two processes removed the lock at once,
 * one of them could remove the new lock of the other.
 *
 * @returns false when another process is removing the lock
 */
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

/** Whether the lock's holder is dead. A process of another machine cannot be checked, so it counts as alive. */
function ownerIsDead(place: string): boolean {
  const owner = readOwner(place);
  if (owner === undefined || owner.host !== hostname()) return false;
  return !isAlive({ pid: owner.pid, started: owner.started ?? null });
}

interface Owner extends Pick<ProcessMark, "pid"> {
  readonly host: string;
  /** When the process started; absent in locks of older versions. */
  readonly started?: string | null;
}

function readOwner(place: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(place, "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

function sleepAWhile(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}

function busy(place: string, { noun, shown }: LockedFile): EvalsError {
  return new EvalsError({
    code: `EVALS_${noun.toUpperCase()}_BUSY`,
    path: shown,
    what: `The ${noun} are being written by ${lockHolder(place)}, which has not released the file.`,
    why: `Two processes that write the file at once would lose each other's ${noun}.`,
    fix: `Try again. If that process no longer runs, delete ${shown}`,
  });
}
