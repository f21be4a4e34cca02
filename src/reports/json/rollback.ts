import type { Rollback } from "../../domain/rollback.ts";

/** The document of `evals rollback --json`, `evals.rollback/1`. @param exit the command's */
export function rollbackDocument(exit: number, { tag, commit, restored, removed, proofs }: Rollback) {
  return { schema: "evals.rollback/1", exit, tag, commit, restored, removed, proofs };
}
