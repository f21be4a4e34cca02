import { sha256 } from "../domain/json.ts";

/** A case is for improving a judge, or for measuring it. */
export type Part = "dev" | "test";

/** Of 256: one case in four. */
const DEV_SHARE = 64;

/** Which part a case is in. It follows from its id alone, so labels that are added later move nothing. */
export function partOf(caseId: string): Part {
  return Number.parseInt(sha256(`evals.holdout/1\n${caseId}`).slice(0, 2), 16) < DEV_SHARE ? "dev" : "test";
}
