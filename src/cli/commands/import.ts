import { importFiles } from "../../operations/importing/import-files.ts";
import type { ImporterEntry } from "../../operations/importing/importers.ts";
import { importedFilesDocument } from "../../reports/json/imported.ts";
import { importedFilesText } from "../../reports/terminal/imported-files.ts";
import type { Io } from "../io.ts";
import { printImport } from "../print-import.ts";
import type { CommandOptions } from "../print-result.ts";

/** Options of `evals import <tool>`, including the tool's own. */
export interface ImportOptions extends CommandOptions {
  readonly [option: string]: unknown;
  readonly out?: string | undefined;
  readonly name?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/** `evals import <tool>`: converts another tool's files to suites, datasets, prompts and scorers of this project. */
export async function importCommand(
  entry: ImporterEntry,
  given: ImportOptions,
  sources: readonly string[],
  io: Io,
): Promise<number> {
  const { directory, out, name, dryRun = false, json, ...options } = given;
  const result = await importFiles(entry, { directory, sources, out, name, dryRun, options }, io);
  return printImport(io, { json }, result, {
    nothing: "nothing was written",
    document: (exit) => importedFilesDocument(result, exit, dryRun),
    text: () => importedFilesText(result, dryRun),
  });
}
