import { EvalsError } from "../../domain/problem.ts";
import { locate } from "../../operations/project/open-project.ts";
import { comparePrompts } from "../../project/compare-prompts.ts";
import type { FileSource } from "../../project/file-source.ts";
import { findPrompt, readPromptFile } from "../../project/find-prompt.ts";
import { listVersions, PROMPTS, type VersionFile } from "../../project/version-files.ts";
import { workTree } from "../../project/work-tree.ts";
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
  const { root, gitRoot } = locate(io, raw.directory as string | undefined);
  const files = workTree(root, gitRoot ?? root);
  const [from, to] = await sidesOf(files, a, b);
  const comparison = await comparePrompts(readPromptFile(files, from), readPromptFile(files, to));
  if (raw.json === true) io.stdout(documentText({ schema: "evals.prompt/1", exit: EXIT.ok, ...comparison }));
  else {
    const style = styleFor(wantsColor(io, raw.color));
    io.stdout(promptDiff(comparison, style));
  }
  return EXIT.ok;
}

/**
 * The newest when the second is left out, and against it the version before when the first is the newest itself.
 * @throws {EvalsError} EVALS_PROMPT_ONE_VERSION, or as `findPrompt`
 */
async function sidesOf(
  files: FileSource,
  a: string,
  b: string | undefined,
): Promise<readonly [VersionFile, VersionFile]> {
  const name = a.split("@")[0] ?? a;
  const from = await findPrompt(files, a);
  if (b !== undefined) {
    // The second may be a bare version of the same prompt.
    return [from, await findPrompt(files, /^[\^~]?\d/.test(b) ? `${name}@${b}` : b)];
  }
  const newest = await findPrompt(files, name);
  if (from.path !== newest.path) return [from, newest];
  const { versions } = listVersions(files, PROMPTS, name);
  if (versions.length < 2) throw oneVersion(newest);
  return [await findPrompt(files, `${name}@<${newest.version}`), newest];
}

function oneVersion({ name, version, path }: VersionFile): EvalsError {
  return new EvalsError({
    code: "EVALS_PROMPT_ONE_VERSION",
    path,
    what: `Prompt "${name}" has one version, ${version}, and nothing to compare it with.`,
    why: "A diff of a version with itself says that nothing changed, whatever was changed.",
    fix: `evals prompt new ${name} --bump minor`,
  });
}
