import type { CaseSource } from "../domain/case.ts";
import type { FileSource } from "./file-source.ts";
import { openJsonl } from "./jsonl-cases.ts";
import { readText } from "./read-text.ts";

/**
 * How to open a dataset, by its ending; what a format needs is loaded now.
 * @returns a function that throws {EvalsError} with all problems of the file
 */
export async function caseOpener(files: FileSource, path: string): Promise<() => Promise<CaseSource>> {
  if (path.endsWith(".jsonl")) return async () => openJsonl(files, path);
  if (path.endsWith(".json")) {
    const { openJsonCases } = await import("./json-cases.ts");
    return async () => openJsonCases(readText(files, path), path);
  }
  if (path.endsWith(".csv")) {
    const { openCsvCases } = await import("./csv-cases.ts");
    return async () => openCsvCases(readText(files, path), path);
  }
  const { openYamlCases } = await import("./listed-cases.ts");
  return async () => openYamlCases(readText(files, path), path);
}
