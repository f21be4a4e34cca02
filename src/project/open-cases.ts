import type { CaseSource } from "../domain/case.ts";
import { DATASET_FORMATS } from "./dataset-formats.ts";
import type { FileSource } from "./file-source.ts";

/**
 * Returns a function that opens a dataset in the format of its file extension. The format's parser is loaded now.
 *
 * @param path from `resolveDataset`
 * @returns a function that opens the dataset, and throws {EvalsError} with all problems of the file
 */
export async function caseOpener(files: FileSource, path: string): Promise<() => Promise<CaseSource>> {
  const format = DATASET_FORMATS.find(({ endings }) => endings.some((one) => path.endsWith(one)));
  if (format === undefined) throw new Error(`no dataset format has the file extension of ${path}`);
  const open = await format.opener(files, path);
  return async () => open();
}
