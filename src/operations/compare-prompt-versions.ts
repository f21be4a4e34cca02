import { EvalsError } from "../domain/problem.ts";
import type { PromptComparison } from "../domain/prompt-change.ts";
import { comparePrompts } from "../project/compare-prompts.ts";
import type { FileSource } from "../project/file-source.ts";
import { findPrompt, readPromptFile } from "../project/find-prompt.ts";
import { listVersions, PROMPTS, type VersionFile } from "../project/version-files.ts";
import { workTree } from "../project/work-tree.ts";
import type { Environment } from "./environment.ts";
import { locate } from "./project/open-project.ts";

export interface ComparePromptVersionsInput {
  readonly directory?: string | undefined;
  /** `name@1.2.0`. A name alone means the prompt's newest version or, without `b`, its last two versions. */
  readonly a: string;
  /** `name@1.3.0`, or only a version of the same prompt; default the newest. */
  readonly b?: string | undefined;
}

/** Compares the texts and settings of two versions of a prompt. No model is asked. */
export async function comparePromptVersions(
  io: Environment,
  { directory, a, b }: ComparePromptVersionsInput,
): Promise<PromptComparison> {
  const { root, gitRoot } = locate(io, directory);
  const files = workTree(root, gitRoot ?? root);
  const [from, to] = await sidesOf(files, a, b);
  return comparePrompts(readPromptFile(files, from), readPromptFile(files, to));
}

/**
 * The two versions to compare. Without `b`, the second is the newest version; if `a` already names the newest
 * version, the first is the version before it.
 *
 * @throws {EvalsError} EVALS_PROMPT_ONE_VERSION, or like `findPrompt`
 */
async function sidesOf(
  files: FileSource,
  a: string,
  b: string | undefined,
): Promise<readonly [VersionFile, VersionFile]> {
  const name = a.split("@")[0] ?? a;
  const from = await findPrompt(files, a);
  if (b !== undefined) {
    // `b` may be a version alone. Then it means this version of the prompt in `a`.
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
    what: `Prompt "${name}" has only one version, ${version}, so there is nothing to compare it with.`,
    why: "A diff compares two versions of a prompt.",
    fix: `evals prompt new ${name} --bump minor`,
  });
}
