import type { ReportedRun } from "../../domain/report.ts";
import { matricesOf } from "../../metrics/compare-targets.ts";
import { documentText, runDocument } from "./documents.ts";

/** The document of `evals run --json`. */
export async function runsJson(exit: number, runs: readonly ReportedRun[]): Promise<string> {
  const reports = runs.map(({ report }) => report);
  return documentText(runDocument(exit, reports, await matricesOf(runs)));
}
