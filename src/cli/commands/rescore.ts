import { BUDGET, readNumber } from "../../operations/options/read-number.ts";
import { rescore } from "../../operations/rescore.ts";
import { rescoreDocument } from "../../reports/json/rescore-json.ts";
import { rescoredText } from "../../reports/terminal/rescored.ts";
import type { RescoreCall } from "../declarations/rescore.ts";
import { printResult } from "../print-result.ts";
import { keepHeapSmall } from "../v8-flags.ts";

/** `evals rescore`: scores the same answers with the current scorers, as a new run. */
export async function rescoreCommand({ io, options, args: [word] }: RescoreCall): Promise<number> {
  keepHeapSmall();
  const { directory, yes = false, budget, replay = false } = options;
  const consent = { yes, budget: readNumber(budget, BUDGET) ?? null };
  const rescored = await rescore(io, { directory, run: word, consent, replay });
  return printResult(io, options, {
    document: () => rescoreDocument(rescored.result),
    text: () => rescoredText(rescored),
  });
}
