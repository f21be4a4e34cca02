import { EXIT } from "../../domain/exit-code.ts";
import { splitSuiteFiles } from "../../operations/project/split-suite-files.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";

/** Options of `evals split`, as typed. */
export interface SplitOptions extends CommandOptions {
  readonly name?: string | undefined;
}

/** `evals split <suite>`: moves a suite's inline cases and prompt to their own files. */
export async function splitCommand(options: SplitOptions, suite: string, io: Io): Promise<number> {
  const { path, written, cases } = await splitSuiteFiles(io, suite, {
    directory: options.directory,
    name: options.name,
  });
  printResult(io, options, {
    document: () => ({ schema: "evals.split/1", exit: EXIT.ok, suite, path, written, cases }),
    text: () =>
      `${[...written, path].map((one) => `${one}\n`).join("")}  What is asked stays the same, and so does the fingerprint:  evals run ${suite}\n`,
  });
  return EXIT.ok;
}
