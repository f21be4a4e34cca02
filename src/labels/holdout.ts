import { sha256 } from "../domain/json.ts";

/** The use of a case: `dev` cases serve to improve a judge, `test` cases to measure the judge. */
export type Part = "dev" | "test";

/** The share of cases in `dev`, out of 256: one in four. */
const DEV_SHARE = 64;

/** The part that a case belongs to. It depends only on the case's id, so new labels never change it. */
export function partOf(caseId: string): Part {
  return Number.parseInt(sha256(`evals.holdout/1\n${caseId}`).slice(0, 2), 16) < DEV_SHARE ? "dev" : "test";
}
