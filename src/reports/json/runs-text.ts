import type { ReportedRun } from "../../domain/report.ts";
import { matricesOf } from "../../metrics/compare-targets.ts";
import { documentText, runDocument } from "./documents.ts";

/** The document of `evals run --json`. */
export function runsJson(exit: number, runs: readonly ReportedRun[]): string {
  const reports = runs.map(({ report }) => report);
  return documentText(runDocument(exit, reports, matricesOf(runs)));
}
