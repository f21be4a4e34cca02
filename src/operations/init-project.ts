import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { EvalsError } from "../domain/problem.ts";
import type { StartedFile, StartedProject } from "../domain/started-project.ts";
import { CONFIG_FILE } from "../project/find-project-root.ts";
import { unwritableReason } from "../project/unwritable-reason.ts";
import type { Environment } from "./environment.ts";
import { foldersReadFromNowOn, freeStarterName, refuseStarter } from "./project/place-for-starter.ts";
import { EDITED, RELEASED, starterFiles } from "./project/starter-project.ts";

export interface InitProjectInput {
  readonly directory?: string | undefined;
  /** Folder for the project, relative to `directory` and created if needed; default `directory` itself. */
  readonly folder?: string | undefined;
  /** Whether the example's suite is written in TypeScript. */
  readonly typed?: boolean | undefined;
}

/**
 * Creates a project that can be run at once. Existing files are not changed. If a config exists, no example is
 * written, because an example needs a model that the config does not have.
 *
 * @throws {EvalsError} when a project cannot be created here
 */
export function initProject(io: Environment, { directory, folder, typed }: InitProjectInput): StartedProject {
  const root = resolve(io.cwd, directory ?? ".", folder ?? ".");
  refuseStarter(root);
  try {
    return existsSync(join(root, CONFIG_FILE)) ? keepProject(root) : makeProject(root, typed === true);
  } catch (error) {
    throw unwritable(folder ?? ".", error);
  }
}

function keepProject(root: string): StartedProject {
  const files: StartedFile[] = [{ path: CONFIG_FILE, how: "kept" }, ignorePrivate(root)];
  return { files, example: null, inRepository: isInRepository(root) };
}

function makeProject(root: string, typed: boolean): StartedProject {
  const name = freeStarterName(root);
  const foldersBefore = foldersReadFromNowOn(root, name);
  const files = Object.entries(starterFiles(name, typed)).map(([path, text]) => writeNew(root, path, text));
  return {
    files: [...files, ignorePrivate(root)],
    example: { name, released: RELEASED, edited: EDITED, foldersBefore },
    inRepository: isInRepository(root),
  };
}

function unwritable(folder: string, cause: unknown): EvalsError {
  if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
  return new EvalsError(
    {
      code: "EVALS_INIT_UNWRITABLE",
      what: `A project cannot be written in ${folder}: ${unwritableReason(cause)}.`,
      why: "`evals init` writes all files of a new project into this folder.",
      fix: "Name a folder that can be written: evals init <dir>",
    },
    { cause },
  );
}

function writeNew(root: string, path: string, text: string): StartedFile {
  const place = join(root, path);
  if (existsSync(place)) return { path, how: "kept" };
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
  return { path, how: "created" };
}

/**
 * Lines for .gitignore, each with a pattern that finds an existing line with the same effect. `.evals/` has the
 * store, which belongs to this machine only, and `.env` may contain a key.
 */
const PRIVATE: readonly (readonly [line: string, covered: RegExp])[] = [
  [".evals/", /^\/?\.evals\/?$/],
  [".env", /^\/?(\*\*\/)?\.env\*?$/],
];

/** Adds to .gitignore what must not be committed. A new .gitignore also gets the folder of installed packages. */
function ignorePrivate(root: string): StartedFile {
  const place = join(root, ".gitignore");
  const before = existsSync(place) ? readFileSync(place, "utf8") : null;
  const present = before?.split(/\r?\n/).map((line) => line.trim()) ?? [];
  const missing = PRIVATE.filter(([, covered]) => !present.some((line) => covered.test(line))).map(
    ([line]) => line,
  );
  if (missing.length === 0) return { path: ".gitignore", how: "kept" };
  const packages = before === null && existsSync(join(root, "node_modules")) ? ["node_modules/"] : [];
  const gap = before === null || before === "" || before.endsWith("\n") ? "" : "\n";
  writeFileSync(place, `${before ?? ""}${gap}${[...missing, ...packages].join("\n")}\n`);
  return before === null
    ? { path: ".gitignore", how: "created" }
    : { path: ".gitignore", how: "extended", lines: missing };
}

function isInRepository(folder: string): boolean {
  return existsSync(join(folder, ".git")) || (dirname(folder) !== folder && isInRepository(dirname(folder)));
}
