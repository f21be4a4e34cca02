import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import { unknownSuite } from "../../project/load-project.ts";
import { readText } from "../../project/read-text.ts";
import { splitSuite } from "../../project/split-suite.ts";
import { workTree } from "../../project/work-tree.ts";
import type { Environment } from "../environment.ts";
import { locate, openProject } from "./open-project.ts";

/** The result of splitting a suite. */
export interface SuiteSplit {
  /** The suite's file, relative to the root. */
  readonly path: string;
  /** New files, relative to the root. */
  readonly written: readonly string[];
  readonly cases: number;
}

interface SplitOptions {
  readonly directory: string | undefined;
  /** Name of the dataset and the prompt; default the suite's name. */
  readonly name: string | undefined;
}

/**
 * Moves the cases and the prompt of a suite into a dataset and a prompt version. Existing files are not overwritten.
 *
 * @throws {EvalsError} for a suite with mistakes, with nothing to move, or when a file to write already exists
 */
export async function splitSuiteFiles(
  io: Environment,
  suite: string,
  { directory, name = suite }: SplitOptions,
): Promise<SuiteSplit> {
  const { root, gitRoot } = locate(io, directory);
  const files = workTree(root, gitRoot ?? root);
  const path = [`evals/${suite}.yaml`, `evals/${suite}.yml`].find((one) => files.exists(one));
  if (path === undefined || !/^[\w.-]+$/.test(name))
    throw new EvalsError(path === undefined ? noSuite(root, suite) : badName(name));
  await openProject(io, { directory, suites: [suite] });
  const split = splitSuite(readText(files, path), path, name);
  const taken = Object.keys(split.files).flatMap((one) => occupied(root, one));
  if (taken.length > 0) throw new EvalsError(taken.map((one) => isThere(one, suite)));
  for (const [file, text] of Object.entries(split.files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text, { flag: "wx" });
  }
  writeFileSync(join(root, path), split.suite);
  return { path, written: Object.keys(split.files), cases: split.cases };
}

/** Existing files that have the name of a new file: a dataset with any extension, or any version of the prompt. */
function occupied(root: string, file: string): string[] {
  const folder = dirname(file);
  if (!existsSync(join(root, folder))) return [];
  const stem = file.slice(folder.length + 1).replace(/\.jsonl$/, ".");
  const there = readdirSync(join(root, folder));
  return (file.startsWith("prompts/") ? there : there.filter((one) => one.startsWith(stem)))
    .filter((one) => file.startsWith("prompts/") || /\.(?:jsonl?|ya?ml|csv)$/.test(one))
    .map((one) => `${folder}/${one}`);
}

function noSuite(root: string, suite: string): Problem {
  const found = workTree(root)
    .list("evals")
    .filter(({ path, directory }) => !directory && /\.ya?ml$/.test(path))
    .map(({ path }) => ({ path, name: path.slice("evals/".length).replace(/\.ya?ml$/, "") }));
  return { ...unknownSuite(suite, found), why: "There is no file to split." };
}

function badName(name: string): Problem {
  return {
    code: "EVALS_OPTION_INVALID",
    what: `"${name}" cannot be the name of a dataset and a prompt.`,
    why: "A file and a folder will get this name.",
    fix: '--name with letters, digits, ".", "-" and "_"',
  };
}

function isThere(path: string, suite: string): Problem {
  return {
    code: "EVALS_SPLIT_EXISTS",
    path,
    what: "This file exists already.",
    why: "A split never overwrites a file, because another suite may use it.",
    fix: `evals split ${suite} --name <another name>`,
  };
}
