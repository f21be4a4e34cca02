import type { Rollback } from "../../domain/rollback.ts";
import type { DocumentHead } from "./documents.ts";

/** What `evals rollback --json` prints. */
export interface RollbackDocument
  extends DocumentHead,
    Pick<Rollback, "commit" | "restored" | "removed" | "proofs"> {
  readonly schema: "evals.rollback/1";
  /** Whole name, `evals/v1`; null when something was wrong. */
  readonly tag: string | null;
}

/** @param exit the command's */
export function rollbackDocument(
  exit: number,
  { tag, commit, restored, removed, proofs }: Rollback,
): RollbackDocument {
  return { schema: "evals.rollback/1", exit, tag, commit, restored, removed, proofs };
}
