import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EvalsError } from "../../domain/problem.ts";
import { BUMPS, type Bump } from "../../domain/prompt-change.ts";
import { promptVersions } from "../../operations/project/known-versions.ts";
import { locate } from "../../operations/project/open-project.ts";
import { findPrompt } from "../../project/find-prompt.ts";
import { nextVersion } from "../../project/next-version.ts";
import { workTree } from "../../project/work-tree.ts";
import { documentText } from "../../reports/json/documents.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";

/** What each bump promises, for whoever is about to edit the copy. */
const PROMISES: Readonly<Record<Bump, string>> = {
  patch: "A patch may not move behaviour beyond the margin.",
  minor: "A minor version may move behaviour, and may not make it worse.",
  major: "A major version may change anything: variables, output schema, tools, model.",
};

/** `evals prompt new <name> --bump patch`: the newest version, byte for byte, under the next number. */
export async function promptNewCommand(raw: Record<string, unknown>, name: string, io: Io): Promise<number> {
  const bump = readBump(raw.bump);
  const { root, gitRoot } = locate(io, raw.directory as string | undefined);
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
  const command = `evals run --prompt ${name}@${version}`;
  if (raw.json === true)
    io.stdout(
      documentText({
        schema: "evals.prompt/1",
        exit: EXIT.ok,
        name,
        version,
        from,
        bump,
        path,
        next: command,
      }),
    );
  else
    io.stdout(
      `${path}\n  copied from ${from}\n  ${PROMISES[bump]}\n  Edit it, say why under rationale, then:  ${command}\n`,
    );
  return EXIT.ok;
}

function readBump(value: unknown): Bump {
  const bump = BUMPS.find((one) => one === value);
  if (bump !== undefined) return bump;
  throw new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `--bump is not ${BUMPS.join(", ")}.`,
    why: "The bump declares what the change may do, and the gate holds it to that.",
    fix: "--bump patch (behaviour stays), minor (may move, not worse) or major (anything)",
  });
}

function withVersion(name: string): EvalsError {
  return new EvalsError({
    code: "EVALS_PROMPT_UNKNOWN",
    what: `"${name}" names a version, and a new one always comes from the newest.`,
    why: "A version between two others would say it comes after one that it does not build on.",
    fix: `evals prompt new ${name.split("@")[0]} --bump patch`,
  });
}

/** Never over a file that is there. */
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
