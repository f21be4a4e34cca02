import type { CaseSource } from "../domain/case.ts";
import type { FileSource } from "./file-source.ts";
import { openJsonl } from "./jsonl-cases.ts";
import { readText } from "./read-text.ts";

/**
 * How to open a dataset, by its ending; what a format needs is loaded now.
 * @returns a function that throws {EvalsError} with all problems of the file
 */
export async function caseOpener(files: FileSource, path: string): Promise<() => CaseSource> {
  if (path.endsWith(".jsonl")) return () => openJsonl(files, path);
  if (path.endsWith(".csv")) {
    const { openCsvCases } = await import("./csv-cases.ts");
    return () => openCsvCases(readText(files, path), path);
  }
  const { openYamlCases } = await import("./listed-cases.ts");
  return () => openYamlCases(readText(files, path), path);
}
