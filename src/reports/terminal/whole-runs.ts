/** What a terminal shows of whole runs, in one module: a run whose report nobody reads there loads none of it. */
export { runReport } from "./run-report.ts";
export { runSummary } from "./summary.ts";
