import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { didYouMean } from "../../domain/did-you-mean.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { Project } from "../../domain/project.ts";
import { checkOut } from "../../git/check-out.ts";
import { commitNames, findCommit, type NamedCommit } from "../../git/find-commit.ts";
import { isShallow } from "../../git/git-folder.ts";
import { remoteNames } from "../../git/repository.ts";
import { commitTree } from "../../project/commit-tree.ts";
import { CONFIG_FILE } from "../../project/find-project-root.ts";
import { loadProject } from "../../project/load-project.ts";
import { readEnvFile } from "../../project/read-env-file.ts";
import type { SuiteOverrides } from "../../project/suite-reading.ts";
import { workTree } from "../../project/work-tree.ts";
import { providers } from "../../providers/registry.ts";
import { scorers } from "../../scorers/registry.ts";
import type { Environment } from "../environment.ts";
import type { OpenProjectOptions } from "./open-project.ts";

/** A project at a commit, checked out for the duration of a run. */
export interface CheckedOutProject {
  readonly project: Project;
  /** Loads the project from the same files again, with other suites, models or prompts. */
  readonly load: (overrides: SuiteOverrides) => Promise<Project>;
  remove(): void;
}

type Options = Pick<OpenProjectOptions, "suites"> & { readonly overrides?: SuiteOverrides | undefined };

/** Finds the commit that a word means. @throws {EvalsError} EVALS_REF_UNKNOWN with the command that fetches it */
export async function requireCommit(root: string, word: string): Promise<NamedCommit> {
  const found = await findCommit(root, word);
  if (found !== null) return found;
  const remotes = await remoteNames(root);
  const { fetchCommand } = await import("../../baselines/fetch-command.ts");
  throw new EvalsError({
    code: "EVALS_REF_UNKNOWN",
    what: `There is no commit, branch or tag "${word}" in this clone.${didYouMean(word, await commitNames(root, word))}`,
    why: "The files to run are read from git.",
    fix:
      remotes.length === 0
        ? "`git log --oneline --all` lists commits"
        : `${fetchCommand(word, remotes, isShallow(root))}    (git branch --all lists branches)`,
  });
}

/**
 * Reads the project of a commit without a checkout. This is enough to plan and count, but not to run.
 *
 * @param root the project root of the work tree
 * @throws {EvalsError} with every mistake of every file of that commit
 */
export async function readProjectAt(
  io: Environment,
  root: string,
  at: NamedCommit,
  options: Options = {},
): Promise<Project> {
  const files = await commitTree(root, at.commit);
  if (!files.exists(CONFIG_FILE)) throw noProjectThere(at);
  try {
    return await loadProject(sourceOf(root, files, io, { env: environment(io, root), ...options }));
  } catch (error) {
    throw placedAt(error, at);
  }
}

/**
 * Writes a commit's files to a temporary folder and loads the project from there. Packages and the `.env` are taken
 * from the work tree, because git has neither.
 *
 * @throws {EvalsError} like `readProjectAt`
 */
export async function checkOutProject(
  io: Environment,
  root: string,
  at: NamedCommit,
  options: Options = {},
): Promise<CheckedOutProject> {
  const folder = mkdtempSync(join(tmpdir(), "evals-at-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = await checkOut(root, at.commit, folder);
    const files = workTree(copy.root, copy.top);
    if (!files.exists(CONFIG_FILE)) throw noProjectThere(at);
    for (const [from, to] of [
      [copy.from, copy.top],
      [root, copy.root],
    ] as const) {
      linkPackages(from, to);
    }
    const load = (overrides: SuiteOverrides | undefined): Promise<Project> =>
      loadProject(sourceOf(copy.root, files, io, { env: environment(io, root), ...options, overrides }));
    return { project: await load(options.overrides), load, remove };
  } catch (error) {
    remove();
    throw placedAt(error, at);
  }
}

/** Mistakes in files of a commit, with locations in git's notation: `main:evals/triage.yaml`. */
export function placedAt(error: unknown, { word }: NamedCommit): unknown {
  if (!(error instanceof EvalsError)) return error;
  const problems = error.problems.map((one) =>
    one.path === undefined ? one : { ...one, path: `${word}:${one.path}` },
  );
  return new EvalsError(problems, { midway: error.midway, cause: error });
}

function sourceOf(
  root: string,
  files: ReturnType<typeof workTree>,
  { modules }: Environment,
  { env, suites, overrides }: Options & { readonly env: Project["env"] },
) {
  return {
    root,
    files,
    env,
    modules,
    providers,
    scorers,
    ...(suites === undefined || suites.length === 0 ? {} : { suites }),
    ...(overrides === undefined ? {} : { overrides }),
  };
}

function environment(io: Environment, root: string): Project["env"] {
  return { ...readEnvFile(workTree(root)), ...io.env };
}

function linkPackages(from: string, to: string): void {
  const [installed, link] = [join(from, "node_modules"), join(to, "node_modules")];
  if (existsSync(installed) && !existsSync(link)) symlinkSync(installed, link, "junction");
}

function noProjectThere({ word, commit }: NamedCommit): EvalsError {
  return new EvalsError({
    code: "EVALS_REF_NO_PROJECT",
    what: `There is no ${CONFIG_FILE} in this folder at "${word}" (${commit.slice(0, 7)}).`,
    why: "The project did not exist at that commit, or was in another folder.",
    fix: `git log --oneline -- ${CONFIG_FILE}    (lists the commits that changed it)`,
  });
}
