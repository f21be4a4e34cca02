import { EXIT } from "../../domain/exit-code.ts";
import { comparePromptVersions } from "../../operations/compare-prompt-versions.ts";
import { documentText } from "../../reports/json/documents.ts";
import { promptDiff } from "../../reports/terminal/prompt-diff.ts";
import { styleFor } from "../../reports/terminal/style.ts";
import type { Io } from "../io.ts";
import { wantsColor } from "../reporting/wants-color.ts";

/** Options of `evals prompt diff`, as typed. */
export interface PromptDiffOptions {
  readonly directory?: string | undefined;
  readonly json?: boolean | undefined;
  readonly color?: boolean | undefined;
}

/** `evals prompt diff <a> [b]`: two versions of a prompt side by side; nothing is measured. */
export async function promptDiffCommand(
  options: PromptDiffOptions,
  a: string,
  b: string | undefined,
  io: Io,
): Promise<number> {
  const comparison = await comparePromptVersions(io, { directory: options.directory, a, b });
  io.stdout(
    options.json === true
      ? documentText({ schema: "evals.prompt/1", exit: EXIT.ok, ...comparison })
      : promptDiff(comparison, styleFor(wantsColor(io, options.color))),
  );
  return EXIT.ok;
}
