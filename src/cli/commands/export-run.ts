import { EXIT } from "../../domain/exit-code.ts";
import { exportRun } from "../../operations/export-run.ts";
import type { ExporterEntry } from "../../operations/exporting/exporters.ts";
import { exportedRunText } from "../../reports/terminal/exported.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";

interface ExportRunOptions extends CommandOptions {
  readonly out?: string | undefined;
  readonly url?: string | undefined;
}

/** `evals export <format> [run]`: exports a run to a file or another tool's API. */
export async function exportRunCommand(
  format: ExporterEntry,
  options: ExportRunOptions,
  run: string | undefined,
  io: Io,
): Promise<number> {
  const { directory, out, url } = options;
  const print = options.json === true ? undefined : io.stdout;
  const exported = await exportRun(io, { directory, run: run ?? "latest", format, out, url, print });
  const place = exported.url ?? exported.file;
  printResult(io, options, {
    document: () => ({ schema: "evals.export/1", exit: EXIT.ok, ...exported }),
    text: () => (place === null ? "" : exportedRunText(place, exported)),
  });
  return EXIT.ok;
}
