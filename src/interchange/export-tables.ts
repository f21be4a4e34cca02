import type { RunExporter, RunToExport } from "./exported.ts";
import { trialsCsv, trialsJson, trialsParquet } from "./run-table.ts";

const scorersOf = ({ header }: RunToExport): string[] => header.scorers.map(({ name }) => name);

/** One row per trial. */
export const csvExporter: RunExporter = { file: (run) => trialsCsv(run.trials(), scorersOf(run)) };

/** One object per trial. */
export const jsonExporter: RunExporter = { file: (run) => trialsJson(run.trials()) };

/** The CSV table with column types. */
export const parquetExporter: RunExporter = { file: (run) => trialsParquet(run.trials(), scorersOf(run)) };
