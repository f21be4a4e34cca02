/** The terminal's reports of whole runs in one module, so that a run whose report is not printed does not load it. */
export { runReport } from "./run-report.ts";
export { runSummary } from "./summary.ts";
