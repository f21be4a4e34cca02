import type { CaseSource } from "../domain/case.ts";
import { DATASET_FORMATS } from "./dataset-formats.ts";
import type { FileSource } from "./file-source.ts";

/**
 * Returns how to open a dataset, by its extension; the format's parser is loaded now.
 *
 * @param path from `resolveDataset`
 * @returns a function that throws {EvalsError} with all problems of the file
 */
export async function caseOpener(files: FileSource, path: string): Promise<() => Promise<CaseSource>> {
  const format = DATASET_FORMATS.find(({ endings }) => endings.some((one) => path.endsWith(one)));
  if (format === undefined) throw new Error(`no dataset format has the file extension of ${path}`);
  const open = await format.opener(files, path);
  return async () => open();
}
