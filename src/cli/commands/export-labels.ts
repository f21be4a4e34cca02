import { EXIT } from "../../domain/exit-code.ts";
import { exportLabels } from "../../operations/export-labels.ts";
import { readAnswerChoice } from "../../operations/labelling/answer-choice.ts";
import { exchangeFormat } from "../../operations/labelling/label-exchange-format.ts";
import { OptionMistakes } from "../../operations/options/option-mistakes.ts";
import { studioSteps } from "../../reports/terminal/label-studio-steps.ts";
import type { ExportLabelsCall } from "../declarations/export-labels.ts";

/** `evals export labels`: exports answers, with their labels so far, to be labelled in another tool. */
export async function exportLabelsCommand({ io, options, args: [word] }: ExportLabelsCall): Promise<number> {
  const { directory, judge, output } = options;
  const format = exchangeFormat(options.format);
  const mistakes = new OptionMistakes();
  const choice = readAnswerChoice(options, mistakes);
  mistakes.refuse();
  const written = await exportLabels(io, {
    ...{ directory, word, judge, format, output, ...choice },
    // A CSV table contains unescaped model output, which could control a terminal. So the table is not printed to a
    // terminal.
    tableAsText: !io.stdoutIsTerminal,
  });
  if (written.format === "label-studio") io.stderr(studioSteps(written.config, written.tasks, written.suite));
  else if (written.text !== null) io.stdout(written.text);
  return EXIT.ok;
}
