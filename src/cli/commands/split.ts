import { splitSuiteFiles } from "../../operations/project/split-suite-files.ts";
import type { SplitCall } from "../declarations/split.ts";
import { printResult } from "../print-result.ts";

/** `evals split <suite>`: moves a suite's inline cases and prompt to their own files. */
export async function splitCommand({ io, options, args: [suite] }: SplitCall): Promise<number> {
  const { path, written, cases } = await splitSuiteFiles(io, suite, {
    directory: options.directory,
    name: options.name,
  });
  return printResult(io, options, {
    document: (exit) => ({ schema: "evals.split/1", exit, suite, path, written, cases }),
    text: () =>
      `${[...written, path].map((one) => `${one}\n`).join("")}  The model is asked the same as before, and the fingerprint stays the same. Next: evals run ${suite}\n`,
  });
}
