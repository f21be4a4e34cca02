import { EXIT } from "../../domain/exit-code.ts";
import { importLabels } from "../../operations/import-labels.ts";
import { exchangeFormat } from "../../operations/labelling/label-exchange-format.ts";
import { importedLabelsText } from "../../reports/terminal/imported-labels.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";

/** Options of `evals import labels`, as typed. */
export interface ImportLabelsOptions extends CommandOptions {
  readonly format: string;
  readonly rater?: readonly string[] | undefined;
  readonly judge?: string | undefined;
}

/** `evals import labels`: adds another tool's labels to the suite's labels; repeating it changes nothing. */
export async function importLabelsCommand(
  options: ImportLabelsOptions,
  suite: string,
  file: string,
  io: Io,
): Promise<number> {
  const format = exchangeFormat(options.format);
  const imported = await importLabels(io, {
    directory: options.directory,
    judge: options.judge,
    ...{ suite, file, format, ...readRaters(options.rater ?? []) },
  });
  const { path: _, ...document } = imported;
  printResult(io, options, {
    document: () => ({ schema: "evals.import/1", exit: EXIT.ok, ...document }),
    text: () => importedLabelsText(imported),
  });
  return EXIT.ok;
}

/** `--rater NAME` is the rater of labels without one; `--rater 10=NAME` names user 10 of the other tool. */
function readRaters(given: readonly string[]): {
  rater: string | undefined;
  raters: ReadonlyMap<string, string>;
} {
  const raters = new Map<string, string>();
  let rater: string | undefined;
  for (const word of given) {
    const [, id, name] = /^([^=]+)=(.+)$/.exec(word) ?? [];
    if (id !== undefined && name !== undefined) raters.set(id.trim(), name.trim());
    else rater = word.trim() || undefined;
  }
  return { raters, rater };
}
