import type { RunExporter, RunToExport } from "./exported.ts";
import { trialsCsv, trialsJson, trialsParquet } from "./run-table.ts";

const scorersOf = ({ header }: RunToExport): string[] => header.scorers.map(({ name }) => name);

/** A table with one row per trial. */
export const csvExporter: RunExporter = { file: (run) => trialsCsv(run.trials(), scorersOf(run)) };

/** A list with one object per trial. */
export const jsonExporter: RunExporter = { file: (run) => trialsJson(run.trials()) };

/** The table of trials as Parquet: the same columns as in the CSV, but each column has a type. */
export const parquetExporter: RunExporter = { file: (run) => trialsParquet(run.trials(), scorersOf(run)) };
