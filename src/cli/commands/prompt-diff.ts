import { comparePromptVersions } from "../../operations/compare-prompt-versions.ts";
import { documentText } from "../../reports/json/documents.ts";
import { promptDiff } from "../../reports/terminal/prompt-diff.ts";
import { styleFor } from "../../reports/terminal/style.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { wantsColor } from "../reporting/wants-color.ts";

/** `evals prompt diff <a> [b]`: two versions of a prompt side by side; nothing is measured. */
export async function promptDiffCommand(
  raw: Record<string, unknown>,
  a: string,
  b: string | undefined,
  io: Io,
): Promise<number> {
  const comparison = await comparePromptVersions(io, { ...raw, a, b });
  io.stdout(
    raw.json === true
      ? documentText({ schema: "evals.prompt/1", exit: EXIT.ok, ...comparison })
      : promptDiff(comparison, styleFor(wantsColor(io, raw.color))),
  );
  return EXIT.ok;
}
