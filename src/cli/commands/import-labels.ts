import { importLabels } from "../../operations/import-labels.ts";
import { exchangeFormat } from "../../operations/labelling/label-exchange-format.ts";
import { readRaters } from "../../operations/labelling/read-raters.ts";
import { importedLabelsText } from "../../reports/terminal/imported-labels.ts";
import type { ImportLabelsCall } from "../declarations/import-labels.ts";
import { printResult } from "../print-result.ts";

/**
 * `evals import labels`: adds labels from another tool to those of a suite. Importing the same file again
 * changes nothing.
 */
export async function importLabelsCommand({
  io,
  options,
  args: [suite, file],
}: ImportLabelsCall): Promise<number> {
  const format = exchangeFormat(options.format);
  const imported = await importLabels(io, {
    directory: options.directory,
    judge: options.judge,
    ...{ suite, file, format, ...readRaters(options.rater ?? []) },
  });
  const { path: _, ...document } = imported;
  return printResult(io, options, {
    document: (exit) => ({ schema: "evals.import/1", exit, ...document }),
    text: () => importedLabelsText(imported),
  });
}
