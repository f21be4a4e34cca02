import { exportCorrections } from "../../operations/export-corrections.ts";
import { exportedCorrectionsText } from "../../reports/terminal/exported.ts";
import type { ExportCorrectionsCall } from "../declarations/export-corrections.ts";
import { printResult } from "../print-result.ts";

/** `evals export corrections`: writes people's corrections of answers as data for fine-tuning. */
export async function exportCorrectionsCommand({
  io,
  options,
  args: [datasets],
}: ExportCorrectionsCall): Promise<number> {
  const { directory, out } = options;
  const print = options.json === true ? undefined : io.stdout;
  const exported = await exportCorrections(io, { directory, datasets, out, print });
  const { file } = exported;
  return printResult(io, options, {
    document: (exit) => ({ schema: "evals.export/1", exit, format: "corrections", ...exported }),
    text: () => (file === null ? "" : exportedCorrectionsText(file, exported)),
  });
}
