import type { Problem } from "../domain/problem.ts";
import type { LoadedPrompt } from "../domain/project.ts";
import type { PromptVersion } from "../domain/prompt.ts";
import { compilePrompt } from "./compile-prompt.ts";
import { collectAsync } from "./file-problems.ts";
import type { FileSource } from "./file-source.ts";
import { parsePrompt } from "./parse-prompt.ts";
import { readText } from "./read-text.ts";
import { findVersion, listVersions, PROMPTS, type VersionFile } from "./version-files.ts";

/**
 * Loads the version that a spec names: `name` (the newest), `name@1.2.0`, or `name@^1` (the newest that matches).
 * @throws {EvalsError} EVALS_PROMPT_UNKNOWN, EVALS_PROMPT_NO_VERSION without a place; or the file's own mistakes
 */
export async function loadPrompt(files: FileSource, spec: string): Promise<LoadedPrompt> {
  return compilePrompt(readPromptFile(files, await findPrompt(files, spec)));
}

/** @throws {EvalsError} with all mistakes of the file that need no rendering */
export function readPromptFile(files: FileSource, file: VersionFile): PromptVersion {
  return parsePrompt(readText(files, file.path), file);
}

/** Reads and compiles every prompt version of the project. @returns all their problems */
export async function checkPrompts(files: FileSource): Promise<Problem[]> {
  const { versions, problems } = listVersions(files, PROMPTS);
  const all = [...problems];
  for (const file of versions) await collectAsync(all, () => compilePrompt(readPromptFile(files, file)));
  return all;
}

/** @throws {EvalsError} as `loadPrompt` */
export function findPrompt(files: FileSource, spec: string): Promise<VersionFile> {
  return findVersion(files, PROMPTS, spec);
}
