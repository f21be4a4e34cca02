import { comparePromptVersions } from "../../operations/compare-prompt-versions.ts";
import { promptDiff } from "../../reports/terminal/prompt-diff.ts";
import type { PromptDiffCall } from "../declarations/prompt-diff.ts";
import { printResult } from "../print-result.ts";

/** `evals prompt diff <a> [b]`: compares two versions of a prompt; nothing is measured. */
export async function promptDiffCommand({ io, options, args: [a, b] }: PromptDiffCall): Promise<number> {
  const comparison = await comparePromptVersions(io, { directory: options.directory, a, b });
  return printResult(io, options, {
    document: (exit) => ({ schema: "evals.prompt/1", exit, ...comparison }),
    text: ({ style }) => promptDiff(comparison, style),
  });
}
