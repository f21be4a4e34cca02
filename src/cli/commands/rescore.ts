import { EXIT } from "../../domain/exit-code.ts";
import { rescore } from "../../operations/rescore.ts";
import { rescoreDocument } from "../../reports/json/rescore-json.ts";
import { rescoredText } from "../../reports/terminal/rescored.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";
import { keepHeapSmall } from "../small-heap.ts";

/** Options of `evals rescore`, as typed. */
export interface RescoreOptions extends CommandOptions {
  readonly yes?: boolean | undefined;
  readonly budget?: string | undefined;
  readonly replay?: boolean | undefined;
}

/** `evals rescore`: scores the same answers with the current scorers, as a new run. */
export async function rescoreCommand(options: RescoreOptions, word: string, io: Io): Promise<number> {
  keepHeapSmall();
  const { directory, yes = false, budget, replay = false } = options;
  const consent = { yes, budget: budget === undefined ? null : Number(budget) };
  const rescored = await rescore(io, { directory, run: word, consent, replay });
  printResult(io, options, {
    document: () => rescoreDocument(rescored.result),
    text: () => rescoredText(rescored),
  });
  return EXIT.ok;
}
