import type { ReportedRun, RunReport } from "../../domain/report.ts";
import { matricesOf } from "../../metrics/compare-targets.ts";

const PLAIN = { width: 80, color: false } as const;

/** The terminal report for a file: 80 columns, no colour. */
export async function runsText(runs: readonly ReportedRun[]): Promise<string> {
  const { runReport, runSummary } = await import("./whole-runs.ts");
  const { matrixReport } = await import("./matrix.ts");
  const reports = runs.map(({ report }) => report);
  const matrices = await matricesOf(runs);
  const texts = [
    ...reports.filter((one) => !isInMatrix(one, reports)).map((report) => runReport(report, PLAIN)),
    ...matrices.map((one) => matrixReport(one, PLAIN)),
  ];
  return [...texts, runSummary(reports, PLAIN)].filter((text) => text !== "").join("\n");
}

/**
 * Whether the matrix shows everything about a run. That is so if the suite was run on several targets, and this run was
 * not ended early and has no gate, no errors and no notes.
 */
function isInMatrix(report: RunReport, reports: readonly RunReport[]): boolean {
  const { suite } = report.header;
  return reports.filter((one) => one.header.suite === suite).length > 1 && isOnlyNumbers(report);
}

/** Whether a run has no gate and nothing to report besides its numbers. */
export function isOnlyNumbers({ gate, errors, end, notes }: RunReport): boolean {
  return (
    gate.outcome === "not_gated" && errors.length === 0 && end.kind === "all-asked" && notes.length === 0
  );
}
