import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EvalsError } from "../domain/problem.ts";
import type { Bump } from "../domain/prompt-change.ts";
import { findPrompt } from "../project/find-prompt.ts";
import { nextVersion } from "../project/next-version.ts";
import { workTree } from "../project/work-tree.ts";
import type { Environment } from "./environment.ts";
import { promptVersions } from "./project/known-versions.ts";
import { locate } from "./project/open-project.ts";

/** A new version of a prompt, copied from its newest version. */
export interface NewPromptVersion {
  readonly name: string;
  readonly version: string;
  /** The version from which the new version was copied. */
  readonly from: string;
  readonly bump: Bump;
  /** Relative to the project root. */
  readonly path: string;
}

export interface NewPromptVersionInput {
  readonly directory?: string | undefined;
  /** Name of the prompt without a version. */
  readonly name: string;
  /** The part of the version number to increase, which says how large the change will be. */
  readonly bump: Bump;
}

/**
 * Copies the newest version of a prompt to the next version number.
 *
 * @throws {EvalsError} for an unknown prompt, a name with a version, or a file that cannot be written
 */
export async function newPromptVersion(
  io: Environment,
  { directory, name, bump }: NewPromptVersionInput,
): Promise<NewPromptVersion> {
  const { root, gitRoot } = locate(io, directory);
  const files = workTree(root, gitRoot ?? root);
  if (name.includes("@")) throw withVersion(name);
  await findPrompt(files, name);
  const versions = await promptVersions(root, files, name);
  const { from, version } = await nextVersion({
    name,
    here: versions.filter((one) => one.state !== "removed").map((one) => one.version),
    published: versions.filter((one) => one.state !== "draft").map((one) => one.version),
    bump,
  });
  const [source, path] = [`prompts/${name}/${from}.md`, `prompts/${name}/${version}.md`];
  writeNew(join(root, path), readFileSync(join(root, source)), path);
  return { name, version, from, bump, path };
}

function withVersion(name: string): EvalsError {
  return new EvalsError({
    code: "EVALS_PROMPT_UNKNOWN",
    what: `"${name}" names a version, but a new version is always copied from the newest one.`,
    why: "A version number between two others would suggest that the new text builds on an older one.",
    fix: `evals prompt new ${name.split("@")[0]} --bump patch`,
  });
}

/** Writes a new file, and fails if the file exists. */
function writeNew(place: string, bytes: Buffer, path: string): void {
  try {
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, bytes, { flag: "wx" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new EvalsError(
      {
        code: "EVALS_FILE_UNWRITABLE",
        path,
        what: `This file cannot be written (${code ?? "unknown error"}).`,
        why: "The new version would be lost.",
        fix: "Check the folder's permissions and the disk.",
      },
      { cause: error },
    );
  }
}
