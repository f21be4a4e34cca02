import { EXIT } from "../../domain/exit-code.ts";
import { compareArms } from "../../operations/compare-arms.ts";
import { armsDocument } from "../../reports/json/arms.ts";
import { documentText } from "../../reports/json/documents.ts";
import { armsText } from "../../reports/terminal/arms.ts";
import { styleFor } from "../../reports/terminal/style.ts";
import type { Io } from "../io.ts";
import { wantsColor } from "../reporting/wants-color.ts";
import { listenForStop } from "../stop-signals.ts";

/** Options of `evals ab`, as typed. */
export interface AbOptions {
  readonly directory?: string | undefined;
  readonly suite?: string | undefined;
  readonly judge?: string | undefined;
  readonly json?: boolean | undefined;
  readonly color?: boolean | undefined;
}

/** `evals ab <a> <b>`: which of two arms is better. @returns 0 whatever it finds */
export async function abCommand(
  options: AbOptions,
  [a, b]: readonly [string, string],
  io: Io,
): Promise<number> {
  const { directory, suite, judge } = options;
  const { signal, exitCode, close } = listenForStop(io);
  try {
    const compared = await compareArms(io, { directory, a, b, suite, judge, signal });
    const exit = exitCode() ?? EXIT.ok;
    io.stdout(
      options.json === true
        ? documentText(armsDocument(exit, compared))
        : armsText(compared, styleFor(wantsColor(io, options.color)), io.width),
    );
    return exit;
  } finally {
    close();
  }
}
