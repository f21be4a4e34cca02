import { EXIT } from "../domain/exit-code.ts";
import type { Problem } from "../domain/problem.ts";
import { formatProblems } from "../project/format-problems.ts";
import { type LeftOut, leftOutLines } from "../reports/terminal/left-out.ts";
import type { Io } from "./io.ts";
import { type CommandOptions, printResult } from "./print-result.ts";

/** How an import says what it did. */
interface ImportForms {
  /** What became of it when something was wrong: `nothing was written`. */
  readonly nothing: string;
  readonly document: (exit: number) => object;
  readonly text: () => string;
}

/** Prints what an import did, or why it could do nothing and what it would have left out. @returns the exit code */
export function printImport(
  io: Io,
  options: CommandOptions,
  { problems, left }: { readonly problems: readonly Problem[]; readonly left: readonly LeftOut[] },
  { nothing, document, text }: ImportForms,
): number {
  const exit = problems.length > 0 ? EXIT.mistake : EXIT.ok;
  if (exit === EXIT.ok || options.json === true)
    printResult(io, options, { document: () => document(exit), text });
  else io.stderr(`${leftOutLines(left).join("\n")}\n\n${formatProblems(problems, nothing)}`);
  return exit;
}
