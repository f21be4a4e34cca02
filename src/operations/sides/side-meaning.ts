import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { EvalsError } from "../../domain/problem.ts";
import { findCommit, type NamedCommit } from "../../git/find-commit.ts";
import { findTag } from "../../git/tags.ts";
import { findPrompt } from "../../project/find-prompt.ts";
import type { VersionFile } from "../../project/version-files.ts";
import { workTree } from "../../project/work-tree.ts";
import type { StoredRun } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import { findRun } from "../project/find-run.ts";
import { refuseTagOfOtherProject } from "../project/tag-project.ts";
import type { SideContext } from "./outputs-side.ts";
import {
  type BaselineSource,
  baselinesAt,
  besides,
  isPlanned,
  newestSides,
  type PlannedSuite,
  plannedSuites,
  type SideSource,
  sourceOfLooseBaseline,
  sourceOfRun,
} from "./side-source.ts";

/** A possible meaning of a word on the command line. */
export type Meaning =
  | { readonly kind: "run"; readonly sides: readonly [SideSource] }
  | { readonly kind: "latest" }
  | { readonly kind: "file"; readonly path: string }
  /** A baseline file on the disk, wherever it is: the file that `evals promote` writes is one. */
  | { readonly kind: "baseline"; readonly sides: readonly [BaselineSource] }
  /** A commit. `sides` may be empty: then the commit must be run before it can be compared. */
  | {
      readonly kind: "ref";
      readonly at: NamedCommit;
      readonly sides: readonly SideSource[];
      /** The baselines in the commit, which are used when the commit's newest run is already the other side. */
      readonly promoted: readonly SideSource[];
    }
  | { readonly kind: "prompt"; readonly word: string; readonly sides: readonly SideSource[] };

export const PREFIXES = ["run", "prompt", "ref", "file"] as const;
export type Prefix = (typeof PREFIXES)[number];

/** Finds what a word of `evals diff` means. @throws {EvalsError} for a word that is unknown or ambiguous */
export async function meaningOf(word: string, context: SideContext): Promise<Meaning> {
  if (word === "latest" || word === "run:latest") return { kind: "latest" };
  const prefix = PREFIXES.find((one) => word.startsWith(`${one}:`));
  if (prefix !== undefined) {
    const name = word.slice(prefix.length + 1);
    const found = await readAs(prefix, name, context);
    if (found !== null) return found;
    throw await unknownSide(name, prefix, context);
  }
  const found: [Prefix, Meaning][] = [];
  for (const one of PREFIXES) {
    const meaning = one === "file" && !/\.jsonl$/.test(word) ? null : await readAs(one, word, context);
    if (meaning !== null) found.push([one, meaning]);
  }
  // If a word has several meanings, those that would have to be run first are ignored.
  const ready = found.filter(([, meaning]) => !("sides" in meaning) || meaning.sides.length > 0);
  const [only, second] = ready.length > 0 ? ready : found;
  if (only === undefined) throw await unknownSide(word, null, context);
  if (second !== undefined)
    throw ambiguousSide(
      word,
      (ready.length > 0 ? ready : found).map(([one]) => one),
    );
  return only[1];
}

async function readAs(prefix: Prefix, word: string, context: SideContext): Promise<Meaning | null> {
  const { store, root } = context;
  switch (prefix) {
    case "run":
      if (word === "" || (await store.read.runsByPrefix(word)).length === 0) return null;
      return { kind: "run", sides: [await sourceOfRun(store, await findRun(store, word))] };
    case "prompt": {
      const file = await promptFile(root, word);
      const exact = file === null || !word.includes("@") ? word : `${file.name}@${file.version}`;
      const sides = await promptSides(exact, context);
      return sides.length > 0 || file !== null ? { kind: "prompt", word: exact, sides } : null;
    }
    case "ref": {
      const at = await findCommit(root, word);
      if (at === null) return null;
      await refuseForeignTag(root, at);
      return { kind: "ref", at, ...(await refSides(at, context)) };
    }
    case "file":
      return isFile(word, context) ? fileMeaning(word, context) : null;
    default:
      return prefix satisfies never;
  }
}

/** Refuses a promoted tag of another project in this repository. @throws {EvalsError} EVALS_TAG_OTHER_PROJECT */
async function refuseForeignTag(root: string, { word, commit }: NamedCommit): Promise<void> {
  const tag = await findTag(root, word.replace(/^refs\/tags\//, ""));
  if (tag?.commit === commit) await refuseTagOfOtherProject(root, tag);
}

/** Whether a file of outputs can be read at the path. A pipe counts as a file, a folder does not. */
function isFile(path: string, { io, directory }: SideContext): boolean {
  if (path === "") return false;
  const place = resolve(io.cwd, directory ?? ".", path);
  return existsSync(place) && !statSync(place).isDirectory();
}

/**
 * What is in a file: a promoted baseline, or outputs.
 *
 * @throws {EvalsError} for a document that a command printed, because it has no answers
 */
function fileMeaning(path: string, { io, directory, root }: SideContext): Meaning {
  const place = resolve(io.cwd, directory ?? ".", path);
  const schema = schemaOf(place);
  if (schema === undefined) return { kind: "file", path };
  if (schema !== "baseline") throw documentSide(path, schema, place);
  const name = relative(root, place);
  const text = readFileSync(place, "utf8");
  return { kind: "baseline", sides: [sourceOfLooseBaseline(text, isAbsolute(name) ? path : name)] };
}

const HEAD_BYTES = 4096;

/** The name in the schema of a file that evals wrote: `baseline`, `run`, …; undefined for other files and for pipes. */
function schemaOf(place: string): string | undefined {
  if (!statSync(place).isFile()) return undefined;
  return /^\s*\{\s*"schema"\s*:\s*"evals\.(\w+)\//.exec(headOf(place))?.[1];
}

/** The beginning of a file, which may be large. */
function headOf(place: string): string {
  const file = openSync(place, "r");
  try {
    const bytes = Buffer.alloc(HEAD_BYTES);
    return bytes.toString("utf8", 0, readSync(file, bytes, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
}

function documentSide(path: string, schema: string, place: string): EvalsError {
  const id = /"runs"\s*:\s*\[\s*\{\s*"id"\s*:\s*"(\w+)"/.exec(headOf(place))?.[1];
  return new EvalsError({
    code: "EVALS_DIFF_SIDE_DOCUMENT",
    path,
    what: `This file is a document that evals printed (evals.${schema}), with numbers and without answers.`,
    why: "A side needs the trials of each case: their answers, or the counts of a baseline.",
    fix: `Name the run: run:${id ?? "<id>"}; or, on a machine without its history, its baseline file, or answers that \`evals export json\` wrote`,
  });
}

/**
 * The sides of a commit: the newest runs of exactly this commit with the models and prompts that its files name. A
 * suite and model without such a run has the commit's baseline as its side.
 */
export async function refSides(
  at: NamedCommit,
  { store, root, io }: SideContext,
): Promise<{ readonly sides: readonly SideSource[]; readonly promoted: readonly SideSource[] }> {
  const plan = await plannedAt(io, root, at);
  const runs = await newestSides(
    store,
    (run) =>
      run.header.commit === at.commit &&
      run.header.dirty === false &&
      (plan === null || isPlanned(run, plan)),
  );
  const promoted = await baselinesAt(root, at.commit, at.word, plan);
  return { sides: [...runs, ...besides(promoted, runs)], promoted };
}

/** The suites in a commit's files, with their models and prompts; null when the files cannot be read. */
async function plannedAt(io: Environment, root: string, at: NamedCommit): Promise<PlannedSuite[] | null> {
  const { readProjectAt } = await import("../project/project-at.ts");
  try {
    return plannedSuites(await readProjectAt(io, root, at));
  } catch (error) {
    if (error instanceof EvalsError) return null;
    throw error;
  }
}

/** The newest runs with a prompt version. For a suite without such a run, HEAD's baseline of this version. */
export async function promptSides(word: string, { store, root, io }: SideContext): Promise<SideSource[]> {
  const runs = await newestSides(store, (run) => isOfPrompt(run, word));
  const [name = "", version] = word.split("@");
  const head = version === undefined ? null : await findCommit(root, "HEAD");
  if (head === null) return runs;
  const promoted = (await baselinesAt(root, head.commit, "HEAD")).filter((side) => {
    const { prompt } = side.file ?? { prompt: null };
    return prompt !== null && prompt.version === version && (prompt.name ?? name) === name;
  });
  const missing = besides(promoted, runs);
  if (missing.length === 0) return runs;
  const { readProjectAt } = await import("../project/project-at.ts");
  const { suites } = await readProjectAt(io, root, head);
  const asked = new Set(suites.filter((one) => one.prompt?.version.name === name).map((one) => one.name));
  return [...runs, ...missing.filter((side) => asked.has(side.suite))];
}

export function isOfPrompt({ header: { prompt } }: Pick<StoredRun, "header">, word: string): boolean {
  return prompt !== null && (word === prompt.name || word === `${prompt.name}@${prompt.version}`);
}

/** The file of the prompt version that a word names; null when the work tree does not have it. */
export async function promptFile(root: string, word: string): Promise<VersionFile | null> {
  try {
    return await findPrompt(workTree(root), word);
  } catch (error) {
    if (error instanceof EvalsError) return null;
    throw error;
  }
}

async function unknownSide(word: string, prefix: Prefix | null, context: SideContext): Promise<EvalsError> {
  const { didYouMeanSide } = await import("./near-side.ts");
  const fixes: Readonly<Record<Prefix, string>> = {
    run: "`evals history` lists the runs",
    prompt: "`evals prompt list` lists the versions",
    ref: "`git branch --all`, `git tag` and `git log` list commits; a shallow clone may have to fetch the commit first",
    file: "Name a JSONL file of outputs with one line per trial, or a baseline file, relative to the working directory.",
  };
  const kinds: Readonly<Record<Prefix, string>> = {
    run: `run "${word}" in the history`,
    prompt: `prompt version "${word}" in this project`,
    ref: `commit, branch or tag "${word}" in this clone`,
    file: `file "${word}"`,
  };
  return new EvalsError({
    code: "EVALS_DIFF_SIDE_UNKNOWN",
    what: `${
      prefix === null
        ? `"${word}" is not a run, a prompt version, a commit or a file.`
        : `There is no ${kinds[prefix]}.`
    }${await didYouMeanSide(word, prefix, context)}`,
    why: "A side is a run in this history, a commit or prompt version that can be run, or a file of outputs or of a baseline. A run that CI made is stored on the CI machine, or among the artifacts of its job.",
    fix: fixes[prefix ?? "run"],
  });
}

function ambiguousSide(word: string, kinds: readonly Prefix[]): EvalsError {
  return new EvalsError({
    code: "EVALS_DIFF_SIDE_AMBIGUOUS",
    what: `"${word}" can mean ${kinds.map((kind) => `${kind}:${word}`).join(" or ")}.`,
    why: "The command needs exactly one meaning of the word.",
    fix: `Write ${kinds[0]}:${word}`,
  });
}
