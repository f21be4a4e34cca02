import { didYouMean, nearest } from "../domain/did-you-mean.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { LoadedPrompt } from "../domain/project.ts";
import type { PromptVersion } from "../domain/prompt.ts";
import { compilePrompt } from "./compile-prompt.ts";
import { collectAsync } from "./file-problems.ts";
import type { FileSource } from "./file-source.ts";
import { parsePrompt } from "./parse-prompt.ts";
import { readText } from "./read-text.ts";

const FOLDER = "prompts";
const EXACT = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** A prompt file by its place; not yet read. */
export interface PromptFile {
  readonly name: string;
  /** Exact semver. */
  readonly version: string;
  /** Relative to the project root. */
  readonly path: string;
}

/**
 * Loads the version that a spec names: `name` (the newest), `name@1.2.0`, or `name@^1` (the newest that matches).
 * @throws {EvalsError} EVALS_PROMPT_UNKNOWN, EVALS_PROMPT_NO_VERSION without a place; or the file's own mistakes
 */
export async function loadPrompt(files: FileSource, spec: string): Promise<LoadedPrompt> {
  return compilePrompt(readPromptFile(files, await findPrompt(files, spec)));
}

/** @throws {EvalsError} with all mistakes of the file that need no rendering */
export function readPromptFile(files: FileSource, file: PromptFile): PromptVersion {
  return parsePrompt(readText(files, file.path), file);
}

/** Every version of every prompt, by name; a file in a prompt's folder whose name is no version is a problem. */
export function listPrompts(files: FileSource): {
  readonly prompts: readonly PromptFile[];
  readonly problems: readonly Problem[];
} {
  const prompts: PromptFile[] = [];
  const problems: Problem[] = [];
  for (const folder of files.list(FOLDER)) {
    const name = folder.path.slice(FOLDER.length + 1);
    if (!folder.directory) {
      if (name.endsWith(".md") && name.toLowerCase() !== "readme.md")
        problems.push(looseFile(folder.path, name));
      continue;
    }
    for (const { path } of files.list(folder.path)) {
      const file = path.slice(folder.path.length + 1);
      if (!file.endsWith(".md") || file.toLowerCase() === "readme.md") continue;
      const version = file.slice(0, -3);
      if (EXACT.test(version)) prompts.push({ name, version, path });
      else problems.push(badVersion(path, version));
    }
  }
  return { prompts, problems };
}

/** Reads and compiles every prompt version of the project. @returns all their problems */
export async function checkPrompts(files: FileSource): Promise<Problem[]> {
  const { prompts, problems } = listPrompts(files);
  const all = [...problems];
  for (const file of prompts) await collectAsync(all, () => compilePrompt(readPromptFile(files, file)));
  return all;
}

/** @throws {EvalsError} as `loadPrompt` */
export async function findPrompt(files: FileSource, spec: string): Promise<PromptFile> {
  const { prompts } = listPrompts(files);
  const at = spec.indexOf("@");
  const name = at === -1 ? spec : spec.slice(0, at);
  const range = at === -1 ? null : spec.slice(at + 1);
  const versions = prompts.filter((prompt) => prompt.name === name);
  if (versions.length === 0) throw new EvalsError(unknownPrompt(name, range, prompts));
  const exact = versions.find((prompt) => prompt.version === range);
  const found = exact ?? (await newest(versions, range));
  if (found === undefined)
    throw new EvalsError(noVersion(name, range ?? "*", await isRange(range), versions));
  return found;
}

async function newest(
  versions: readonly PromptFile[],
  range: string | null,
): Promise<PromptFile | undefined> {
  if (range === null && versions.length === 1) return versions[0];
  const { default: maxSatisfying } = await import("semver/ranges/max-satisfying.js");
  const all = versions.map((prompt) => prompt.version);
  // A pre-release is taken when it is asked for, or when there is nothing else.
  const best =
    range === null
      ? (maxSatisfying(all, "*") ?? maxSatisfying(all, "*", { includePrerelease: true }))
      : maxSatisfying(all, range);
  return versions.find((prompt) => prompt.version === best);
}

async function isRange(range: string | null): Promise<boolean> {
  if (range === null) return true;
  const { default: validRange } = await import("semver/ranges/valid.js");
  return range !== "" && validRange(range) !== null;
}

function unknownPrompt(name: string, range: string | null, prompts: readonly PromptFile[]): Problem {
  const names = [...new Set(prompts.map((prompt) => prompt.name))];
  const isPath = /[/\\]|\.md$/.test(name);
  const pathPrompt = prompts.find((prompt) => prompt.path === name);
  const guess = nearest(name, names);
  const suffix = range === null ? "" : `@${range}`;
  return {
    code: "EVALS_PROMPT_UNKNOWN",
    what: isPath
      ? `"${name}" is a path, and a prompt is named by its folder.`
      : `Unknown prompt "${name}".${didYouMean(name, names)}`,
    why: "Without the prompt no case can be asked.",
    fix: unknownFix(pathPrompt, guess && `${guess}${suffix}`, name, names),
  };
}

function unknownFix(
  byPath: PromptFile | undefined,
  guess: string | undefined,
  name: string,
  names: readonly string[],
): string {
  if (byPath !== undefined) return `prompt: ${byPath.name}@${byPath.version}`;
  if (guess !== undefined) return `prompt: ${guess}`;
  if (names.length > 0) return `prompt: ${names[0]}        (all prompts: ${names.join(", ")})`;
  return `Write ${FOLDER}/${/^[\w.-]+$/.test(name) ? name : "<name>"}/1.0.0.md.`;
}

function noVersion(name: string, range: string, valid: boolean, versions: readonly PromptFile[]): Problem {
  const all = versions.map((prompt) => prompt.version);
  return {
    code: "EVALS_PROMPT_NO_VERSION",
    what: valid
      ? `No version of "${name}" matches ${range}.`
      : `"${range}" is neither a version nor a range of versions.`,
    why: "Without the prompt no case can be asked.",
    fix: `prompt: ${name}@${all.at(-1)}        (there is: ${all.join(", ")})`,
  };
}

function badVersion(path: string, version: string): Problem {
  const number = /\d+(?:\.\d+){0,2}/.exec(version)?.[0] ?? "1";
  const full = [...number.split("."), "0", "0"].slice(0, 3).join(".");
  return {
    code: "EVALS_PROMPT_VERSION",
    path,
    what: `"${version}" is not a version.`,
    why: "Suites ask for prompts by version; a file without one is never found.",
    fix: `Rename it: ${full}.md`,
  };
}

function looseFile(path: string, name: string): Problem {
  const prompt = name.slice(0, -3);
  return {
    code: "EVALS_PROMPT_VERSION",
    path,
    what: "This prompt is not in a folder of its own.",
    why: "Suites ask for prompts by version; a file outside a prompt's folder is never found.",
    fix: `mkdir ${FOLDER}/${prompt} && git mv ${path} ${FOLDER}/${prompt}/1.0.0.md`,
  };
}
