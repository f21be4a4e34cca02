import { didYouMean, nearest } from "../domain/did-you-mean.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { FileSource } from "./file-source.ts";

/** What differs between prompts and judges in this module. The files of both are at `<folder>/<name>/<version>.md`. */
export interface VersionedKind {
  readonly folder: string;
  /** `prompt` or `judge`: the word in messages, and the key with which a suite names one. */
  readonly word: string;
  /** Prefix of its problem codes: `EVALS_PROMPT`. */
  readonly code: string;
  /** Sentence for messages that says what is impossible without such a file. */
  readonly without: string;
}

export const PROMPTS: VersionedKind = {
  folder: "prompts",
  word: "prompt",
  code: "EVALS_PROMPT",
  without: "Without the prompt no case can be asked.",
};

export const JUDGES: VersionedKind = {
  folder: "judges",
  word: "judge",
  code: "EVALS_JUDGE",
  without: "Without the judge no answer can be scored.",
};

const EXACT = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** The file of a version, not yet read. */
export interface VersionFile {
  readonly name: string;
  /** The version, an exact semver. */
  readonly version: string;
  /** Path of the file, relative to the project root. */
  readonly path: string;
}

/**
 * All versions of all prompts, or of all judges. In the folder of a prompt or judge, a file whose name is not a
 * version is a problem.
 *
 * @param only the name of the prompt or judge to list; default: all
 */
export function listVersions(
  files: FileSource,
  kind: VersionedKind,
  only?: string,
): { readonly versions: readonly VersionFile[]; readonly problems: readonly Problem[] } {
  const versions: VersionFile[] = [];
  const problems: Problem[] = [];
  for (const folder of files.list(kind.folder)) {
    const name = folder.path.slice(kind.folder.length + 1);
    if (only !== undefined && name !== only && !only.startsWith(`${name}/`)) continue;
    if (!folder.directory) {
      if (name.endsWith(".md") && name.toLowerCase() !== "readme.md")
        problems.push(looseFile(folder.path, name, kind));
      continue;
    }
    const found = versionsIn(files, kind, name);
    versions.push(...found.versions.filter((one) => only === undefined || one.name === only));
    problems.push(...found.problems);
  }
  return { versions, problems };
}

/** Maximum depth of folders: `prompts/users/impatient/1.0.0.md` is a version of `users/impatient`. */
const MAX_PARTS = 4;

function versionsIn(
  files: FileSource,
  kind: VersionedKind,
  name: string,
): { readonly versions: VersionFile[]; readonly problems: Problem[] } {
  const folder = `${kind.folder}/${name}`;
  const versions: VersionFile[] = [];
  const problems: Problem[] = [];
  for (const { path, directory } of files.list(folder)) {
    const file = path.slice(folder.length + 1);
    // A folder named like a version file is reported when it is read.
    const isFile = !directory || file.endsWith(".md");
    if (!isFile && name.split("/").length < MAX_PARTS) {
      const inner = versionsIn(files, kind, `${name}/${file}`);
      versions.push(...inner.versions);
      problems.push(...inner.problems);
    }
    if (!isFile || !file.endsWith(".md") || file.toLowerCase() === "readme.md") continue;
    const version = file.slice(0, -3);
    if (EXACT.test(version)) versions.push({ name, version, path });
    else {
      const isTaken = (better: string): boolean => files.exists(`${folder}/${better}.md`);
      problems.push(badVersion(path, version, isTaken, kind));
    }
  }
  return { versions, problems };
}

/**
 * The version for a spec: `name` (the newest), `name@1.2.0`, or `name@^1` (the newest that matches).
 *
 * @throws {EvalsError} EVALS_PROMPT_UNKNOWN, EVALS_PROMPT_NO_VERSION; neither names a file and line
 */
export async function findVersion(
  files: FileSource,
  kind: VersionedKind,
  spec: string,
): Promise<VersionFile> {
  const at = spec.indexOf("@");
  const name = at === -1 ? spec : spec.slice(0, at);
  const range = at === -1 ? null : spec.slice(at + 1);
  const { versions } = listVersions(files, kind, name);
  if (versions.length === 0)
    throw new EvalsError(unknownName(name, range, listVersions(files, kind).versions, kind));
  const exact = versions.find((one) => one.version === range);
  const found = exact ?? (await newest(versions, range));
  if (found === undefined)
    throw new EvalsError(
      noVersion({ name, range: range ?? "*", valid: await isRange(range) }, versions, kind),
    );
  return found;
}

async function newest(
  versions: readonly VersionFile[],
  range: string | null,
): Promise<VersionFile | undefined> {
  if (range === null && versions.length === 1) return versions[0];
  const { default: maxSatisfying } = await import("semver/ranges/max-satisfying.js");
  const all = versions.map((one) => one.version);
  // A pre-release is used only when requested, or when there is nothing else.
  const best =
    range === null
      ? (maxSatisfying(all, "*") ?? maxSatisfying(all, "*", { includePrerelease: true }))
      : maxSatisfying(all, range);
  return versions.find((one) => one.version === best);
}

/** Whether a spec allows this version: `name`, `name@1.2.0` or `name@^1`. The version need not be the newest. */
export async function isVersionOf(
  spec: string,
  { name, version }: { readonly name: string; readonly version: string },
): Promise<boolean> {
  const at = spec.indexOf("@");
  if ((at === -1 ? spec : spec.slice(0, at)) !== name) return false;
  const range = at === -1 ? version : spec.slice(at + 1);
  if (range === version) return true;
  const { default: satisfies } = await import("semver/functions/satisfies.js");
  return satisfies(version, range);
}

async function isRange(range: string | null): Promise<boolean> {
  if (range === null) return true;
  const { default: validRange } = await import("semver/ranges/valid.js");
  return range !== "" && validRange(range) !== null;
}

function unknownName(
  name: string,
  range: string | null,
  all: readonly VersionFile[],
  kind: VersionedKind,
): Problem {
  const names = [...new Set(all.map((one) => one.name))];
  const isPath = /\\|^\.{0,2}\/|\.md$/.test(name) || name.startsWith(`${kind.folder}/`);
  const byPath = all.find((one) => one.path === name);
  const guess = nearest(name, names);
  const suffix = range === null ? "" : `@${range}`;
  return {
    code: `${kind.code}_UNKNOWN`,
    what: isPath
      ? `"${name}" is a path, and a ${kind.word} is named by its folder.`
      : `Unknown ${kind.word} "${name}".${didYouMean(name, names)}`,
    why: kind.without,
    fix: unknownFix(byPath, guess && `${guess}${suffix}`, { name, names, kind }),
  };
}

function unknownFix(
  byPath: VersionFile | undefined,
  guess: string | undefined,
  { name, names, kind: { folder, word } }: { name: string; names: readonly string[]; kind: VersionedKind },
): string {
  if (byPath !== undefined) return `${word}: ${byPath.name}@${byPath.version}`;
  if (guess !== undefined) return `${word}: ${guess}`;
  if (names.length > 0) return `${word}: ${names[0]}        (all ${folder}: ${names.join(", ")})`;
  return `Write ${folder}/${/^[\w.-]+$/.test(name) ? name : "<name>"}/1.0.0.md.`;
}

function noVersion(
  { name, range, valid }: { name: string; range: string; valid: boolean },
  versions: readonly VersionFile[],
  kind: VersionedKind,
): Problem {
  const all = versions.map((one) => one.version);
  return {
    code: `${kind.code}_NO_VERSION`,
    what: valid
      ? `No version of "${name}" matches ${range}.`
      : `"${range}" is neither a version nor a range of versions.`,
    why: kind.without,
    fix: `${kind.word}: ${name}@${all.at(-1)}        (existing versions: ${all.join(", ")})`,
  };
}

function badVersion(
  path: string,
  version: string,
  isTaken: (version: string) => boolean,
  kind: VersionedKind,
): Problem {
  const number = /\d{1,9}(?:\.\d{1,9}){0,2}/.exec(version)?.[0] ?? "1";
  const full = [...number.split(".").map(Number), 0, 0].slice(0, 3).join(".");
  return {
    code: `${kind.code}_VERSION`,
    path,
    what: `"${version}" is not a version.`,
    why: `Suites ask for ${kind.folder} by version; a file without one is never found.`,
    fix: isTaken(full)
      ? `Delete it if it is the same as ${full}.md, or rename it to a version that does not exist yet.`
      : `Rename it: ${full}.md`,
  };
}

function looseFile(path: string, file: string, { folder, word, code }: VersionedKind): Problem {
  const name = file.slice(0, -3);
  return {
    code: `${code}_VERSION`,
    path,
    what: `This ${word} is not in a folder of its own.`,
    why: `Suites ask for ${folder} by version; a file outside a ${word}'s folder is never found.`,
    fix: `mkdir ${folder}/${name} && git mv ${path} ${folder}/${name}/1.0.0.md`,
  };
}
