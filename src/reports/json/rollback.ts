import type { Rollback } from "../../domain/rollback.ts";
import type { DocumentHead } from "./documents.ts";

/** The output of `evals rollback --json`. */
export interface RollbackDocument
  extends DocumentHead,
    Pick<Rollback, "commit" | "restored" | "removed" | "proofs"> {
  readonly schema: "evals.rollback/1";
  /** Full name of the tag, `evals/v1`; null after a mistake. */
  readonly tag: string | null;
}

/** @param exit the command's exit code */
export function rollbackDocument(
  exit: number,
  { tag, commit, restored, removed, proofs }: Rollback,
): RollbackDocument {
  return { schema: "evals.rollback/1", exit, tag, commit, restored, removed, proofs };
}
