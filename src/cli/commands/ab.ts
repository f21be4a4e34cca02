import { EXIT } from "../../domain/exit-code.ts";
import { compareArms } from "../../operations/compare-arms.ts";
import { armsDocument } from "../../reports/json/arms.ts";
import { armsText } from "../../reports/terminal/arms.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";
import { listenForStop } from "../stop-signals.ts";

/** Options of `evals ab`, as typed. */
export interface AbOptions extends CommandOptions {
  readonly suite?: string | undefined;
  readonly judge?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly budget?: string | undefined;
}

/** `evals ab <a> <b>`: which of two arms is better. @returns 0 for any verdict */
export async function abCommand(
  options: AbOptions,
  [a, b]: readonly [string, string],
  io: Io,
): Promise<number> {
  const { directory, suite, judge, yes = false } = options;
  const budget = options.budget === undefined ? null : Number(options.budget);
  const { signal, exitCode, close } = listenForStop(io);
  try {
    const compared = await compareArms(io, {
      ...{ directory, a, b, suite, judge, signal },
      consent: { yes, budget },
    });
    const exit = exitCode() ?? EXIT.ok;
    printResult(io, options, {
      document: () => armsDocument(exit, compared),
      text: ({ style, width }) => armsText(compared, style, width),
    });
    return exit;
  } finally {
    close();
  }
}
