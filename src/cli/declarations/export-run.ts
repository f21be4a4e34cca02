import { EXPORTERS } from "../../operations/exporting/exporters.ts";
import { type CallOf, declareCommand } from "./declare-command.ts";

/** One command for each export format: `evals export csv`, … */
export const exportRuns = EXPORTERS.map((format) => {
  const { name, about, ending, isText, server } = format;
  return declareCommand({
    words: `export ${name}`,
    group: "look",
    examples: [
      `evals export ${name} latest --out run.${ending}`,
      ...(server === undefined ? [] : [`evals export ${name} latest --url ${server.example}`]),
    ],
    values: { run: "runs" },
    type: (command) => {
      const typed = command
        .description(`every trial of a run: ${about}`)
        .argument("[run]", "run id, a prefix of it, or latest; default: latest")
        .option("--out <file>", `write to this file; default: ${isText ? "stdout" : ".evals/exports/"}`);
      if (server !== undefined)
        typed.option("--url <address>", `send the run to this server; ${server.keys}`);
      return typed.option("--json", "one JSON document on stdout; the trials go to a file or server");
    },
    act: async (call): Promise<number> =>
      (await import("../commands/export-run.ts")).exportRunCommand(format, call),
  });
});
export type ExportRunCall = CallOf<(typeof exportRuns)[number]>;
