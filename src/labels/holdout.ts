import { sha256 } from "../domain/json.ts";

/** Whether a case is used to improve a judge, or to measure it. */
export type Part = "dev" | "test";

/** Out of 256: one case in four. */
const DEV_SHARE = 64;

/** The part of a case. It depends on its id only, so that later labels do not change it. */
export function partOf(caseId: string): Part {
  return Number.parseInt(sha256(`evals.holdout/1\n${caseId}`).slice(0, 2), 16) < DEV_SHARE ? "dev" : "test";
}
