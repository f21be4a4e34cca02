import { didYouMean, nearest } from "../domain/did-you-mean.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { DATASET_ENDINGS } from "./dataset-formats.ts";
import { directoryInstead } from "./file-problems.ts";
import type { FileSource } from "./file-source.ts";

const FOLDER = "datasets";
const CODE = /\.[mc]?[jt]sx?$/;

/**
 * The file of a suite's `dataset:`: a name in datasets/, or a path relative to the project root.
 *
 * @returns its path relative to the root
 * @throws {EvalsError} without a location, because the caller knows the suite's file
 */
export function resolveDataset(files: FileSource, dataset: string): string {
  const ending = DATASET_ENDINGS.find((known) => dataset.endsWith(known));
  if (/^(?:[/~\\]|[A-Za-z]:[\\/]|\w+:\/\/)/.test(dataset)) throw new EvalsError(elsewhere(dataset));
  if (ending !== undefined) return resolvePath(files, dataset);
  const found = DATASET_ENDINGS.map((known) => `${FOLDER}/${dataset}${known}`).filter(
    (path) => files.size(path) !== undefined,
  );
  const [path, second] = found;
  if (path === undefined) throw new EvalsError(unknownDataset(files, dataset));
  if (second !== undefined) throw new EvalsError(ambiguous(dataset, found));
  return readable(files, path);
}

function resolvePath(files: FileSource, path: string): string {
  if (files.isOutside(path)) throw new EvalsError(elsewhere(path));
  if (files.size(path) !== undefined || files.exists(path)) return readable(files, path);
  const inFolder = `${FOLDER}/${path}`;
  if (!path.includes("/") && files.exists(inFolder)) return inFolder;
  throw new EvalsError(unknownDataset(files, path));
}

function readable(files: FileSource, path: string): string {
  if (files.exists(path)) return path;
  throw new EvalsError(directoryInstead(path));
}

function datasetNames(files: FileSource): string[] {
  const paths = files.list(FOLDER).filter((entry) => !entry.directory);
  return [...new Set(paths.map(({ path }) => withoutEnding(path.slice(FOLDER.length + 1))))];
}

function withoutEnding(name: string): string {
  const ending = DATASET_ENDINGS.find((known) => name.endsWith(known));
  return ending === undefined ? name : name.slice(0, -ending.length);
}

function unknownDataset(files: FileSource, dataset: string): Problem {
  if (CODE.test(dataset)) return codeByName(dataset);
  const names = datasetNames(files);
  const bare = withoutEnding(dataset.replace(/^datasets\//, ""));
  const guess = nearest(bare, names);
  const other = /\.(tsv|txt|ndjson|parquet|xlsx?)$/.exec(dataset)?.[0];
  if (other !== undefined) return unknownFormat(dataset, other);
  return {
    code: "EVALS_DATASET_UNKNOWN",
    what: `Unknown dataset "${dataset}".${didYouMean(bare, names)}`,
    why: "There would be no case to ask.",
    fix:
      guess === undefined
        ? `Write ${FOLDER}/${/^[\w.-]+$/.test(bare) ? bare : "<name>"}.jsonl, one case per line.`
        : `dataset: ${guess}`,
  };
}

function unknownFormat(dataset: string, ending: string): Problem {
  return {
    code: "EVALS_DATASET_FORMAT",
    what: `A dataset cannot be a ${ending} file.`,
    why: "evals cannot read cases from files of this type.",
    fix: `Write the cases to a file that ends in ${DATASET_ENDINGS.slice(0, -1).join(", ")} or ${DATASET_ENDINGS.at(-1)}, and name it: dataset: ${dataset.slice(0, -ending.length)}.jsonl`,
  };
}

function codeByName(dataset: string): Problem {
  return {
    code: "EVALS_DATASET_CODE",
    what: "A module that makes cases must be given as `module:`, not as if it were a file of cases.",
    why: "A suite must show its reader that its cases are made by code.",
    fix: `dataset: { module: ${dataset} }`,
  };
}

function ambiguous(dataset: string, found: readonly string[]): Problem {
  return {
    code: "EVALS_DATASET_AMBIGUOUS",
    what: `"${dataset}" could be any of ${found.join(", ")}.`,
    why: "A run must be about one set of cases, and nobody could tell which it was.",
    fix: `Delete one of them, or say which: dataset: ${found[0]}`,
  };
}

function elsewhere(dataset: string): Problem {
  return {
    code: "EVALS_DATASET_OUTSIDE",
    what: `The dataset "${dataset}" is not in this repository.`,
    why: "All that defines a result must be in git; otherwise a fresh clone could not repeat the run.",
    fix: `Copy it to ${FOLDER}/ and name it without its ending.`,
  };
}
