import { EvalsError, type Problem } from "../domain/problem.ts";
import type { LoadedPrompt } from "../domain/project.ts";
import type { PromptVersion } from "../domain/prompt.ts";
import { compilePrompt } from "./compile-prompt.ts";
import { collectAsync } from "./file-problems.ts";
import type { FileSource } from "./file-source.ts";
import { isInlinePrompt } from "./inline-prompt.ts";
import { parsePrompt, readPrompt } from "./parse-prompt.ts";
import { parseYaml } from "./parse-yaml.ts";
import { readText } from "./read-text.ts";
import { findVersion, listVersions, PROMPTS, type VersionFile } from "./version-files.ts";

/**
 * Loads the version for a spec: `name` (the newest), `name@1.2.0`, or `name@^1` (the newest that matches).
 *
 * @throws {EvalsError} EVALS_PROMPT_UNKNOWN, EVALS_PROMPT_NO_VERSION without a location; or the file's own mistakes
 */
export async function loadPrompt(files: FileSource, spec: string): Promise<LoadedPrompt> {
  return compileFile(files, await findPrompt(files, spec));
}

async function compileFile(files: FileSource, file: VersionFile): Promise<LoadedPrompt> {
  const { version, problems } = readPrompt(readText(files, file.path), file);
  return compilePrompt(version, files, problems);
}

/** @throws {EvalsError} with all mistakes of the file that are found without rendering */
export function readPromptFile(files: FileSource, file: VersionFile): PromptVersion {
  return parsePrompt(readText(files, file.path), file);
}

/** Parses and compiles every prompt version of the project. @returns all problems */
export async function checkPrompts(files: FileSource): Promise<Problem[]> {
  const { versions, problems } = listVersions(files, PROMPTS);
  const all = [...problems];
  for (const file of versions) await collectAsync(all, () => compileFile(files, file));
  return all;
}

/** @throws {EvalsError} like `loadPrompt`; EVALS_PROMPT_INLINE for the name of a suite with an inline prompt */
export async function findPrompt(files: FileSource, spec: string): Promise<VersionFile> {
  try {
    return await findVersion(files, PROMPTS, spec);
  } catch (error) {
    const inline = error instanceof EvalsError ? heldBySuite(files, spec.split("@")[0] ?? spec) : undefined;
    throw inline === undefined ? error : new EvalsError(inline, { cause: error });
  }
}

/**
 * The problem when the name of a prompt is that of a suite with an inline prompt, which has no versions. Undefined for
 * any other name.
 */
export function heldBySuite(files: FileSource, name: string): Problem | undefined {
  const path = [`evals/${name}.yaml`, `evals/${name}.yml`].find((one) => files.exists(one));
  if (path === undefined || listVersions(files, PROMPTS, name).versions.length > 0) return undefined;
  const { value, places } = parseYaml(readText(files, path), path);
  const prompt = (value as { prompt?: unknown } | null | undefined)?.prompt;
  if (typeof prompt !== "string" || !isInlinePrompt(prompt)) return undefined;
  return {
    code: "EVALS_PROMPT_INLINE",
    path,
    ...places.at(["prompt"]),
    what: `The prompt of suite "${name}" is written in the suite's file, so the prompt has no versions.`,
    why: "Only a prompt with a file of its own can be named by version, compared and published.",
    fix: `evals split ${name}`,
  };
}
