import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { decodeText } from "../../domain/file-text.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { Imported } from "../../interchange/imported.ts";
import { joinConfig } from "../../interchange/join-config.ts";
import { CONFIG_FILE } from "../../project/find-project-root.ts";
import { readNamedFile } from "../../project/named-file.ts";
import type { Environment } from "../environment.ts";
import { askServer } from "./ask-server.ts";
import { foreignFiles } from "./foreign-files.ts";
import { importTools } from "./import-tools.ts";
import type { ImporterEntry } from "./importers.ts";
import { sourceFiles } from "./source-files.ts";
import { compareWithDisk, type NewFile, readToEnd, writeFiles } from "./write-files.ts";

export interface ImportOptions {
  readonly directory?: string | undefined;
  readonly sources: readonly string[];
  /**
   * The folder for the files, relative to the working directory. By default the project around the working directory;
   * without a project, the working directory itself.
   */
  readonly out?: string | undefined;
  readonly name?: string | undefined;
  readonly dryRun: boolean;
  /** The importer's own options. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The result of an import. Paths are relative to the working directory and have `/` between folders. */
export interface ImportResult extends Pick<Imported, "taken" | "left" | "kept" | "more"> {
  /** Files that were written or extended, or would be in a dry run. */
  readonly written: readonly string[];
  /** Existing files that are already as the import would write them. */
  readonly unchanged: readonly string[];
  /** Models added to an existing config. */
  readonly added: readonly string[];
  /** The project's folder relative to the working directory, or `.`. */
  readonly root: string;
  /** Why nothing was imported; empty when something was imported. */
  readonly problems: readonly Problem[];
}

/**
 * Imports files of another tool. Existing files are not changed, except that models are added to evalconfig.yaml.
 * Either all files are written or none.
 *
 * @throws {EvalsError} for unreadable sources, and for existing files with other contents
 */
export async function importFiles(
  entry: ImporterEntry,
  { directory, sources, out, name, dryRun, options }: ImportOptions,
  io: Environment,
): Promise<ImportResult> {
  refuseName(name);
  const cwd = resolve(io.cwd, directory ?? ".");
  const root = out === undefined ? projectAround(cwd) : resolve(cwd, out);
  const here = (path: string): string => fromHere(cwd, join(root, path));
  const importer = await entry.load();
  const imported = await importer({
    ...{ sources, name, options },
    files: sourceFiles(cwd, root),
    ask: askServer(io),
    tools: importTools(root),
    env: io.env,
  });
  if (imported.files.length === 0)
    return { ...resultOf(imported, fromHere(cwd, root)), problems: [nothingTaken(entry, sources)] };
  const before = readConfig(root);
  const config = joinConfig(before, imported.models);
  const { fresh, unchanged, problems } = await compareWithDisk(root, imported.files, here);
  const mistakes = [...problems, ...config.problems];
  if (mistakes.length > 0) throw new EvalsError(mistakes);
  const files: readonly NewFile[] = [
    ...fresh,
    ...(config.text === undefined
      ? []
      : [{ path: CONFIG_FILE, text: config.text, replaces: before !== undefined }]),
  ];
  const own = new Set([...imported.files, ...files].map(({ path }) => path));
  const foreign = before === undefined ? foreignFiles(root, own) : [];
  if (dryRun) await readToEnd(files);
  else await writeFiles(root, files);
  const result = resultOf(imported, fromHere(cwd, root));
  return {
    ...result,
    left: [...result.left, ...foreign.map((one) => ({ ...one, path: here(one.path) }))],
    written: files.map(({ path }) => here(path)),
    unchanged: unchanged.map(here),
    added: before === undefined ? [] : config.added,
  };
}

/**
 * The importer's part of the result. Must be called after all chunks of the files are read, because an importer may
 * still count `taken` and `left` while they are read.
 */
function resultOf({ taken, left, kept, more }: Imported, root: string): ImportResult {
  return { taken, left, kept, more, root, written: [], unchanged: [], added: [], problems: [] };
}

/** The nearest folder with a config, from `cwd` up to the repository's root; `cwd` itself when no folder has one. */
function projectAround(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, CONFIG_FILE))) return folder;
    if (existsSync(join(folder, ".git")) || dirname(folder) === folder) return cwd;
  }
}

function readConfig(root: string): string | undefined {
  const place = join(root, CONFIG_FILE);
  if (!existsSync(place)) return undefined;
  return decodeText(readNamedFile(place, CONFIG_FILE), CONFIG_FILE);
}

function fromHere(cwd: string, place: string): string {
  const path = relative(cwd, place);
  return path === "" ? "." : path.split(sep).join("/");
}

function refuseName(name: string | undefined): void {
  if (name === undefined || /^[A-Za-z0-9][\w.-]*$/.test(name)) return;
  throw new EvalsError({
    code: "EVALS_IMPORT_NAME",
    what: `"${name}" cannot be the name of a suite.`,
    why: "Files are named after the suite, so its name may only have letters, digits, dots, hyphens and underscores.",
    fix: `--name ${name.replace(/[^\w.-]+/g, "-").replace(/^[^A-Za-z0-9]+|-+$/g, "") || "imported"}`,
  });
}

function nothingTaken({ name }: ImporterEntry, sources: readonly string[]): Problem {
  return {
    code: "EVALS_IMPORT_NOTHING",
    path: sources[0],
    what: "Nothing in this source could be imported.",
    why: "A suite needs cases, a target and scorers; the list of what was left out gives the reasons.",
    fix: `\`evals import ${name} --help\` lists the files that can be read.`,
  };
}
