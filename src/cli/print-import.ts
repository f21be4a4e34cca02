import { EXIT } from "../domain/exit-code.ts";
import type { Problem } from "../domain/problem.ts";
import { formatProblems } from "../project/format-problems.ts";
import { type LeftOut, leftOutLines } from "../reports/terminal/left-out.ts";
import type { OutputOptions } from "./declarations/declare-command.ts";
import { folded } from "./folded.ts";
import type { Io } from "./io.ts";
import { printResult } from "./print-result.ts";

/** The forms in which an import reports its result. */
interface ImportForms {
  /** The last line after a mistake, which says how the command ended: `nothing was written`. */
  readonly nothing: string;
  readonly document: (exit: number) => object;
  readonly text: () => string;
}

/**
 * Prints the result of an import. After a mistake it prints what the import skipped, and the mistakes.
 *
 * @returns the exit code
 */
export async function printImport(
  io: Io,
  options: OutputOptions,
  { problems, left }: { readonly problems: readonly Problem[]; readonly left: readonly LeftOut[] },
  { nothing, document, text }: ImportForms,
): Promise<number> {
  const exit = problems.length > 0 ? EXIT.mistake : EXIT.ok;
  if (exit === EXIT.ok || options.json === true) {
    if (options.json === true) return printResult(io, options, { exit, document, text });
    const whole = await folded(io, text());
    return printResult(io, options, { exit, document, text: () => whole });
  }
  const lines = await folded({ ...io, stdoutIsTerminal: io.stderrIsTerminal }, leftOutLines(left).join("\n"));
  const width = io.stderrIsTerminal ? io.width : undefined;
  io.stderr(`${lines}\n\n${formatProblems(problems, nothing, width)}`);
  return exit;
}
