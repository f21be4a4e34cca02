import type { RunReport } from "../../domain/report.ts";
import { matricesOf } from "../../metrics/compare-targets.ts";
import { documentText, runDocument } from "../../reports/json/documents.ts";
import type { ReportInput } from "./registry.ts";

const PLAIN = { width: 80, color: false } as const;

/** The terminal report for a file: 80 columns, no colour. */
export async function terminalText({ runs }: Pick<ReportInput, "runs">): Promise<string> {
  const { runReport, runSummary } = await import("../../reports/terminal/whole-runs.ts");
  const { matrixReport } = await import("../../reports/terminal/matrix.ts");
  const reports = runs.map(({ report }) => report);
  const matrices = matricesOf(runs);
  const texts = [
    ...reports.filter((one) => !isInMatrix(one, reports)).map((report) => runReport(report, PLAIN)),
    ...matrices.map((one) => matrixReport(one, PLAIN)),
  ];
  return [...texts, runSummary(reports, PLAIN)].filter((text) => text !== "").join("\n");
}

/** Whether the matrix contains everything about a run: a target other than the suite's own, without problems. */
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

/** The document of `evals run --json`. */
export function jsonText({ runs, exit }: Pick<ReportInput, "runs" | "exit">): string {
  return documentText(
    runDocument(
      exit,
      runs.map(({ report }) => report),
      matricesOf(runs),
    ),
  );
}
