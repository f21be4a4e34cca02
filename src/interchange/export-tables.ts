import type { RunExporter, RunToExport } from "./exported.ts";
import { trialsCsv, trialsJson, trialsParquet } from "./run-table.ts";

const scorersOf = ({ header }: RunToExport): string[] => header.scorers.map(({ name }) => name);

/** A table with one row per trial. */
export const csvExporter: RunExporter = { file: (run) => trialsCsv(run.trials(), scorersOf(run)) };

/** A list with one object per trial. */
export const jsonExporter: RunExporter = { file: (run) => trialsJson(run.trials()) };

/** The same table as CSV, with a type for each column. */
export const parquetExporter: RunExporter = { file: (run) => trialsParquet(run.trials(), scorersOf(run)) };
