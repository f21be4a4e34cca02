import { rmSync } from "node:fs";
import { join } from "node:path";
import { EvalsError } from "../domain/problem.ts";
import { lockHolder, tryLock } from "./file-lock.ts";

/** The judge that is calibrated, and the suite whose answers it judges. */
export interface Calibrating {
  readonly judge: string;
  readonly version: string;
  readonly suite: string;
}

/**
 * Makes this process the only one that calibrates a judge on a suite's answers.
 *
 * @param root absolute
 * @returns a function that releases the lock
 * @throws {EvalsError} EVALS_CALIBRATE_BUSY when another living process is calibrating
 */
export function calibrateAlone(root: string, { judge, version, suite }: Calibrating): () => void {
  const lock = `.evals/calibrating/${judge}/${version}.${suite}.asking.lock`;
  const place = join(root, lock);
  if (tryLock(place)) return () => rmSync(place, { force: true });
  throw new EvalsError({
    code: "EVALS_CALIBRATE_BUSY",
    what: `Judge ${judge} ${version} is being asked about the answers of ${suite} by ${lockHolder(place)}.`,
    why: "Two processes that ask for the same verdicts would both pay for them.",
    fix: `Wait until that process has ended: this command then uses the verdicts that the process stored. If the process no longer runs, delete ${lock}`,
  });
}
