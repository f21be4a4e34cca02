import type { DriftReport } from "../../domain/drift.ts";
import type { DocumentHead } from "./documents.ts";

/** What `evals drift --json` prints. */
export interface DriftDocument extends DocumentHead, DriftReport {
  readonly schema: "evals.drift/1";
}

export function driftDocument(exit: number, report: DriftReport): DriftDocument {
  return { schema: "evals.drift/1", exit, ...report };
}
