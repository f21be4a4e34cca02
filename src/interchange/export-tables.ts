import type { RunExporter, RunToExport } from "./exported.ts";
import { trialsCsv, trialsJson, trialsParquet } from "./run-table.ts";

const scorersOf = ({ header }: RunToExport): string[] => header.scorers.map(({ name }) => name);

/** A row a trial. */
export const csvExporter: RunExporter = { file: (run) => trialsCsv(run.trials(), scorersOf(run)) };

/** An object a trial. */
export const jsonExporter: RunExporter = { file: (run) => trialsJson(run.trials()) };

/** The table of CSV with types. */
export const parquetExporter: RunExporter = { file: (run) => trialsParquet(run.trials(), scorersOf(run)) };
