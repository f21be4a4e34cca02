import { exportRun } from "../../operations/export-run.ts";
import type { ExporterEntry } from "../../operations/exporting/exporters.ts";
import { exportedRunText } from "../../reports/terminal/exported.ts";
import type { ExportRunCall } from "../declarations/export-run.ts";
import { printResult } from "../print-result.ts";

/** `evals export <format> [run]`: exports a run to a file or another tool's API. */
export async function exportRunCommand(
  format: ExporterEntry,
  { io, options, args: [run = "latest"] }: ExportRunCall,
): Promise<number> {
  // Only formats that can be sent to a server have the option --url.
  const { directory, out, url }: typeof options & { readonly url?: string } = options;
  const print = options.json === true ? undefined : io.stdout;
  const exported = await exportRun(io, { directory, run, format, out, url, print });
  const place = exported.url ?? exported.file;
  return printResult(io, options, {
    document: (exit) => ({ schema: "evals.export/1", exit, ...exported }),
    text: () => (place === null ? "" : exportedRunText(place, exported)),
  });
}
