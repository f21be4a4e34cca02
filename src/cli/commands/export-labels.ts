import { EXIT } from "../../domain/exit-code.ts";
import { exportLabels } from "../../operations/export-labels.ts";
import { exchangeFormat } from "../../operations/labelling/label-exchange-format.ts";
import { studioSteps } from "../../reports/terminal/label-studio-steps.ts";
import type { Io } from "../io.ts";
import { readLabelOptions, type TypedLabelOptions } from "../label-options.ts";

/** Options of `evals export labels`, as typed. */
export interface ExportLabelsOptions extends TypedLabelOptions {
  readonly format: string;
  readonly output?: string | undefined;
}

/** `evals export labels`: the answers to be labelled, for another tool; CSV includes the labels. */
export async function exportLabelsCommand(
  options: ExportLabelsOptions,
  word: string,
  io: Io,
): Promise<number> {
  const format = exchangeFormat(options.format);
  const written = await exportLabels(io, {
    ...readLabelOptions(options),
    output: options.output,
    // A table contains unescaped model output, which must not control a terminal.
    ...{ word, format, tableAsText: !io.stdoutIsTerminal },
  });
  if (written.format === "label-studio") io.stderr(studioSteps(written.config, written.tasks, written.suite));
  else if (written.text !== null) io.stdout(written.text);
  return EXIT.ok;
}
