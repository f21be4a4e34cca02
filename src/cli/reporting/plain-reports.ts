import { documentText, runDocument } from "../../reports/json/documents.ts";
import { runReport } from "../../reports/terminal/run-report.ts";
import { runSummary } from "../../reports/terminal/summary.ts";
import type { ReportInput } from "./registry.ts";

const PLAIN = { width: 80, color: false } as const;

/** What a terminal shows of runs, for a file: 80 columns, no colour. */
export function terminalText({ runs }: Pick<ReportInput, "runs">): string {
  const reports = runs.map(({ report }) => report);
  const texts = reports.map((report) => runReport(report, PLAIN));
  return [...texts, runSummary(reports, PLAIN)].filter((text) => text !== "").join("\n");
}

/** The document of `evals run --json`. */
export function jsonText({ runs, exit }: Pick<ReportInput, "runs" | "exit">): string {
  return documentText(
    runDocument(
      exit,
      runs.map(({ report }) => report),
    ),
  );
}
