import { EXIT } from "../../domain/exit-code.ts";
import { compareArms } from "../../operations/compare-arms.ts";
import { BUDGET, readNumber } from "../../operations/options/read-number.ts";
import { armsDocument } from "../../reports/json/arms.ts";
import { armsText } from "../../reports/terminal/arms.ts";
import type { AbCall } from "../declarations/ab.ts";
import { printResult } from "../print-result.ts";
import { listenForStop } from "../stop-signals.ts";

/**
 * `evals ab <a> <b>`: compares two arms of traffic.
 *
 * @returns exit code 0, whatever the verdict; 130 or 143 when a signal stopped it
 */
export async function abCommand({ io, options, args: [a, b] }: AbCall): Promise<number> {
  const { directory, suite, judge, yes = false } = options;
  const budget = readNumber(options.budget, BUDGET) ?? null;
  const { signal, exitCode, close } = listenForStop(io);
  try {
    const compared = await compareArms(io, {
      ...{ directory, a, b, suite, judge, signal },
      consent: { yes, budget },
    });
    const exit = exitCode() ?? EXIT.ok;
    return printResult(io, options, {
      exit,
      document: () => armsDocument(exit, compared),
      text: ({ style, width }) => armsText(compared, style, width),
    });
  } finally {
    close();
  }
}
