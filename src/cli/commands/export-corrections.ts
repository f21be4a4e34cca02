import { EXIT } from "../../domain/exit-code.ts";
import { exportCorrections } from "../../operations/export-corrections.ts";
import { exportedCorrectionsText } from "../../reports/terminal/exported.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";

/** `evals export corrections`: fine-tuning data from people's corrections. */
export async function exportCorrectionsCommand(
  options: CommandOptions & { readonly out?: string | undefined },
  datasets: readonly string[],
  io: Io,
): Promise<number> {
  const { directory, out } = options;
  const print = options.json === true ? undefined : io.stdout;
  const exported = await exportCorrections(io, { directory, datasets, out, print });
  const { file } = exported;
  printResult(io, options, {
    document: () => ({ schema: "evals.export/1", exit: EXIT.ok, format: "corrections", ...exported }),
    text: () => (file === null ? "" : exportedCorrectionsText(file, exported)),
  });
  return EXIT.ok;
}
