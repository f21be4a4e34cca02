import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { EvalsError } from "../domain/problem.ts";
import { isAlive, markProcess, type ProcessMark } from "../processes/process-mark.ts";

/** Milliseconds between two looks at a lock that somebody else holds. */
const PAUSE_MS = 20;
/** Whoever holds it reads and writes one small file: ten seconds mean that it will not come free by itself. */
const MAX_LOOKS = 500;

/** A file that is written under a lock, in words. */
export interface LockedFile {
  /** "labels", "verdicts". */
  readonly noun: string;
  /** The lock file's place for a person. */
  readonly shown: string;
}

/** How a lock waits: the number of looks, and what happens between two. */
export interface LockPatience {
  readonly looks: number;
  readonly pause: () => void;
}

const PATIENT: LockPatience = { looks: MAX_LOOKS, pause: sleepAWhile };

/**
 * Does the work while no other process on any machine does work under the same lock. The lock of a process that died on
 * this machine is taken over.
 *
 * @param place of the lock file, absolute; it is gone afterwards
 * @throws {EvalsError} EVALS_LABELS_BUSY, EVALS_VERDICTS_BUSY when it does not come free; then nothing was done
 */
export function underLock<T>(
  place: string,
  file: LockedFile,
  work: () => T,
  patience: LockPatience = PATIENT,
): T {
  let looks = 0;
  while (!tryLock(place)) {
    if (++looks >= patience.looks) throw busy(place, file);
    patience.pause();
  }
  try {
    return work();
  } finally {
    rmSync(place, { force: true });
  }
}

/**
 * Takes a lock without waiting. The lock of a process that died on this machine is taken over.
 * @returns false when another process has it; otherwise `place` is to be removed when the work is done
 */
export function tryLock(place: string): boolean {
  const mark = `${JSON.stringify({ host: hostname(), ...markProcess(process.pid) })}\n`;
  mkdirSync(dirname(place), { recursive: true });
  while (!claim(place, mark)) if (!ownerIsDead(place) || !takeOver(place)) return false;
  return true;
}

/** Who has a lock, in words: `process 4711 on build-3`. */
export function lockHolder(place: string): string {
  const owner = readOwner(place);
  return owner === undefined ? "another process" : `process ${owner.pid} on ${owner.host}`;
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
  if (owner === undefined || owner.host !== hostname()) return false;
  return !isAlive({ pid: owner.pid, started: owner.started ?? null });
}

interface Owner extends Pick<ProcessMark, "pid"> {
  readonly host: string;
  /** Absent in the lock of an older version. */
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
    what: `The ${noun} are being written by ${lockHolder(place)}, and have not come free.`,
    why: `Two that write the file at once would lose each other's ${noun}.`,
    fix: `Try again. If nothing of evals runs there any more, delete ${shown}`,
  });
}
