import { comparePrompts } from "../../project/compare-prompts.ts";
import { findPrompt, readPromptFile } from "../../project/find-prompt.ts";
import { workTree } from "../../project/work-tree.ts";
import { documentText } from "../../reports/json/documents.ts";
import { promptDiff } from "../../reports/terminal/prompt-diff.ts";
import { styleFor } from "../../reports/terminal/style.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { locate } from "../project/open-project.ts";

/** `evals prompt diff <a> [b]`: two versions of a prompt side by side; nothing is measured. */
export async function promptDiffCommand(
  raw: Record<string, unknown>,
  a: string,
  b: string | undefined,
  io: Io,
): Promise<number> {
  const { root, gitRoot } = locate(io, raw.directory as string | undefined);
  const files = workTree(root, gitRoot ?? root);
  const name = a.split("@")[0] ?? a;
  // The second may be a bare version of the same prompt.
  const second = b === undefined ? name : /^[\^~]?\d/.test(b) ? `${name}@${b}` : b;
  const [from, to] = [await findPrompt(files, a), await findPrompt(files, second)];
  const comparison = await comparePrompts(readPromptFile(files, from), readPromptFile(files, to));
  if (raw.json === true) io.stdout(documentText({ schema: "evals.prompt/1", exit: EXIT.ok, ...comparison }));
  else {
    const style = styleFor(raw.color !== false && io.stdoutIsTerminal && !io.env.NO_COLOR);
    io.stdout(promptDiff(comparison, style));
  }
  return EXIT.ok;
}
