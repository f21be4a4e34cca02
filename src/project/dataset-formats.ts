import type { CaseSource } from "../domain/case.ts";
import type { FileSource } from "./file-source.ts";
import { openJsonl } from "./jsonl-cases.ts";
import { readText } from "./read-text.ts";

/** One file format for cases. */
export interface DatasetFormat {
  /** File extensions. */
  readonly endings: readonly string[];
  /**
   * Loads the parser.
   *
   * @returns a function that opens the dataset, and throws {EvalsError} with all its problems
   */
  readonly opener: (files: FileSource, path: string) => Promise<() => CaseSource | Promise<CaseSource>>;
}

/**
 * All dataset formats, in the order in which messages list them. To add one: one module, and one entry here.
 */
export const DATASET_FORMATS: readonly DatasetFormat[] = [
  { endings: [".jsonl"], opener: async (files, path) => () => openJsonl(files, path) },
  {
    endings: [".json"],
    opener: async (files, path) => {
      const { openJsonCases } = await import("./json-cases.ts");
      return () => openJsonCases(readText(files, path), path);
    },
  },
  {
    endings: [".yaml", ".yml"],
    opener: async (files, path) => {
      const { openYamlCases } = await import("./listed-cases.ts");
      return () => openYamlCases(readText(files, path), path);
    },
  },
  {
    endings: [".csv"],
    opener: async (files, path) => {
      const { openCsvCases } = await import("./csv-cases.ts");
      return () => openCsvCases(readText(files, path), path);
    },
  },
];

/** All file extensions of datasets. */
export const DATASET_ENDINGS: readonly string[] = DATASET_FORMATS.flatMap(({ endings }) => endings);
