import { EXIT } from "../../domain/exit-code.ts";
import { comparePromptVersions } from "../../operations/compare-prompt-versions.ts";
import { promptDiff } from "../../reports/terminal/prompt-diff.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";

/** `evals prompt diff <a> [b]`: compares two versions of a prompt; nothing is measured. */
export async function promptDiffCommand(
  options: CommandOptions,
  a: string,
  b: string | undefined,
  io: Io,
): Promise<number> {
  const comparison = await comparePromptVersions(io, { directory: options.directory, a, b });
  printResult(io, options, {
    document: () => ({ schema: "evals.prompt/1", exit: EXIT.ok, ...comparison }),
    text: ({ style }) => promptDiff(comparison, style),
  });
  return EXIT.ok;
}
