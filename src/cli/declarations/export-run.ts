import type { RunFormat } from "../../operations/export-run.ts";
import { declareCommand } from "./declare-command.ts";

const FORMATS: Readonly<Record<RunFormat, string>> = {
  csv: "a table, a row a trial",
  json: "one JSON list, an object a trial",
  parquet: "a table as Parquet, for DuckDB, pandas and the like",
};

/** The forms in which a run goes to other programs: one command each. */
export const exportRuns = (Object.keys(FORMATS) as RunFormat[]).map((format) =>
  declareCommand({
    words: `export ${format}`,
    group: "look",
    examples: [`evals export ${format} latest --out run.${format}`],
    values: { run: "runs" },
    type: (command) =>
      command
        .description(`every trial of a run: ${FORMATS[format]}`)
        .argument("[run]", "run id, a prefix of it, or latest; latest when left out")
        .option(
          "--out <file>",
          format === "parquet" ? "to .evals/exports/ when left out" : "to stdout when left out",
        )
        .option("--json", "one JSON document on stdout; the trials go to a file"),
    act: async ({ io, options, args: [run] }) =>
      (await import("../commands/export-run.ts")).exportRunCommand(format, options, run, io),
  }),
);
