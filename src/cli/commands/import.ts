import { importFiles } from "../../operations/importing/import-files.ts";
import type { ImporterEntry } from "../../operations/importing/importers.ts";
import { importedFilesDocument } from "../../reports/json/imported.ts";
import { importedFilesText } from "../../reports/terminal/imported-files.ts";
import type { ImportCall } from "../declarations/import-tool.ts";
import { printImport } from "../print-import.ts";

/** `evals import <tool>`: converts another tool's files to suites, datasets, prompts and scorers of this project. */
export async function importCommand(
  entry: ImporterEntry,
  { io, options, args }: ImportCall,
): Promise<number> {
  const { directory, out, name, dryRun = false, json, color: _, ...own } = options;
  const sources = args.flat().map(String);
  const result = await importFiles(entry, { directory, sources, out, name, dryRun, options: own }, io);
  return printImport(io, { json }, result, {
    nothing: "nothing was written",
    document: (exit) => importedFilesDocument(result, exit, dryRun),
    text: () => importedFilesText(result, dryRun),
  });
}
