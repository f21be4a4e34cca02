import type { DriftReport } from "../../domain/drift.ts";
import type { DocumentHead } from "./documents.ts";

/** The output of `evals drift --json`. */
export interface DriftDocument extends DocumentHead, DriftReport {
  readonly schema: "evals.drift/1";
}

export function driftDocument(exit: number, report: DriftReport): DriftDocument {
  return { schema: "evals.drift/1", exit, ...report };
}
