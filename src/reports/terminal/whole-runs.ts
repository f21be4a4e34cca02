// The terminal reports of runs, in one module that is loaded only when a report is printed.
export { runReport } from "./run-report.ts";
export { runSummary } from "./summary.ts";
