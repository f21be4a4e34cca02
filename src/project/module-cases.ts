import { resolve } from "node:path";
import type { CaseSource } from "../domain/case.ts";
import type { ModuleEvents } from "../domain/module-events.ts";
import { refuseCode } from "../domain/no-exec.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { Places } from "../domain/project.ts";
import type { DatasetModule } from "../domain/suite.ts";
import { isFile } from "../modules/is-file.ts";
import { moduleFiles } from "../modules/module-files.ts";
import type { ModuleOptions } from "../modules/thread-pool.ts";
import { openUserModule, UnusableModule, type UserModule } from "../modules/user-module.ts";
import { emptyDataset } from "./dataset-problems.ts";
import type { FileSource } from "./file-source.ts";
import { openListedCases } from "./listed-cases.ts";
import { readText } from "./read-text.ts";

/** Time limit for a module to create its cases, in milliseconds. */
const LONGEST_MS = 120_000;
const CODE = /\.[mc]?[jt]sx?$/;
const DATA_FOLDERS = /^(?:datasets|prompts)(?:\/|$)/;

interface Host {
  readonly files: FileSource;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly modules?: ModuleEvents | undefined;
}

/**
 * Returns a function that opens cases created by code. Only the path is checked now: that the file exists, is code, and
 * is in the repository. The module runs in a thread when the cases are opened.
 *
 * @throws {EvalsError} without a location, because the caller knows the suite's file
 */
export function moduleCases(
  { module }: DatasetModule,
  { files, env, modules }: Host,
): () => Promise<CaseSource> {
  const refusal = refusedPlace(files, module);
  if (refusal !== undefined) throw new EvalsError(refusal);
  return async () => {
    refuseCode(env, `The module of cases ${module}`);
    const root = files.root;
    if (root === undefined) throw new EvalsError(notCheckedOut(module));
    const imported = importedFiles(root, module);
    const made = await runModule({ root, file: module, env, events: modules });
    const places = placesByText(readText(files, module), module, made);
    if (made.length === 0) throw new EvalsError(emptyDataset(module));
    return { ...openListedCases(made, places), files: imported };
  };
}

function refusedPlace(files: FileSource, path: string): Problem | undefined {
  const why =
    "evals runs the code that makes cases, so that code must be in this repository, where a reviewer expects it.";
  const fix = `dataset: { module: cases/${path.replace(/^.*[/\\]/, "") || "cases.ts"} }`;
  const code = "EVALS_DATASET_MODULE";
  if (!CODE.test(path))
    return {
      code,
      what: `"${path}" is neither TypeScript nor JavaScript.`,
      why,
      fix: `Name a file that ends in .ts, .mts, .js or .mjs; a file of cases is named without \`module\`: dataset: ${path}`,
    };
  if (files.isOutside(path))
    return { code, what: `The module "${path}" is not in this repository.`, why, fix };
  if (DATA_FOLDERS.test(path.replace(/^(?:\.\/)+/, "")))
    return { code, what: `Code cannot be in datasets/ or prompts/: "${path}".`, why, fix };
  if (!files.exists(path))
    return {
      code,
      what: `The module "${path}" does not exist.`,
      why: "There would be no case to ask.",
      fix: `Write it: export default [{ id: "first", input: "…" }];`,
    };
  return undefined;
}

function importedFiles(root: string, module: string): string[] {
  try {
    return moduleFiles(root, module).filter((path) => isFile(resolve(root, path)));
  } catch (error) {
    throw brokenModule(module, error instanceof Error ? error.message : String(error), error);
  }
}

async function runModule(options: ModuleOptions): Promise<readonly unknown[]> {
  const { file } = options;
  let opened: UserModule | undefined;
  try {
    opened = await openUserModule({ ...options, gives: "cases" }, true);
    const { outcome } = await opened.call({ form: "scorer", input: "null" }, LONGEST_MS, null);
    switch (outcome.kind) {
      case "returned":
        return JSON.parse(outcome.json) as unknown[];
      case "odd":
        throw brokenModule(file, `it gives ${outcome.what}`);
      case "threw":
        throw brokenModule(file, `it threw ${outcome.named}`);
      case "ended":
        throw brokenModule(file, `it ${outcome.how}`);
      case "timeout":
        throw brokenModule(file, `it takes more than ${LONGEST_MS / 1000} s`);
      case "aborted":
        throw brokenModule(file, "it was stopped");
      default:
        return outcome satisfies never;
    }
  } catch (error) {
    if (!(error instanceof UnusableModule)) throw error;
    throw error.why === "broken" ? brokenModule(file, error.message, error) : noCases(file);
  } finally {
    await opened?.close();
  }
}

function brokenModule(path: string, message: string, cause?: unknown): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_DATASET_MODULE",
      path,
      line: 1,
      column: 1,
      what: `This module makes no cases: ${message.replace(/\s+/g, " ").slice(0, 500)}.`,
      why: "There would be no case to ask.",
      fix: "Correct the module, or what it imports; more than 16 MiB of cases belong in a .jsonl file.",
    },
    { cause },
  );
}

function noCases(path: string): EvalsError {
  return new EvalsError({
    code: "EVALS_DATASET_MODULE",
    path,
    line: 1,
    column: 1,
    what: "This module exports no cases.",
    why: "There would be no case to ask.",
    fix: "Give it a default export: a list of cases, or a function or generator that gives them.",
  });
}

function notCheckedOut(path: string): Problem {
  return {
    code: "EVALS_DATASET_MODULE",
    path,
    what: "The cases of this commit are made by code, which runs only from files on the disk.",
    why: "Only a checkout has the files that the code imports.",
    fix: "Name a stored run instead of the commit, or make one: evals run --at <commit>",
  };
}

/** The location of a case is its id in the module's source; for a computed id, the start of the file. */
function placesByText(text: string, path: string, made: readonly unknown[]): Places {
  const lineOf = (index: number): number => {
    const id = (made[index] as { id?: unknown } | null)?.id;
    if (typeof id !== "string" || id === "") return 1;
    const at = [`"${id}"`, `'${id}'`, `\`${id}\``]
      .map((quoted) => text.indexOf(quoted))
      .find((found) => found !== -1);
    return at === undefined ? 1 : text.slice(0, at).split("\n").length;
  };
  return { path, at: ([index]) => ({ line: typeof index === "number" ? lineOf(index) : 1, column: 1 }) };
}
