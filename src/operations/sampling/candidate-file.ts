import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Candidate, candidateSchema } from "../../domain/candidate.ts";
import { EvalsError } from "../../domain/problem.ts";
import { bytesOf, replaceFile } from "../../labels/durable-file.ts";
import { type LineFormat, parseLines } from "../../labels/json-lines.ts";

const FORMAT: LineFormat<Candidate> = {
  schema: candidateSchema,
  code: "EVALS_CANDIDATES",
  noun: "candidate",
  unique: { identity: ({ id }) => id, sameWords: ({ id }) => `id "${id}"` },
};

const ENDING = ".candidates.jsonl";

/** Path of the file with a dataset's candidates, relative to the root. @param dataset path of the dataset */
export const candidatesPath = (dataset: string): string => dataset.replace(/\.[^./]+$/, "") + ENDING;

export const isCandidatesPath = (path: string): boolean => path.endsWith(ENDING);

/** The name of the dataset that a candidates file belongs to, as suites write it. */
export const datasetOfCandidates = (path: string): string =>
  path.slice(0, -ENDING.length).replace(/^datasets\//, "");

/** The candidates in a file; empty when there is no such file. @throws {EvalsError} with every mistake of the file */
export function readCandidates(root: string, path: string): Candidate[] {
  return parseLines(bytesOf(root, path), path, FORMAT);
}

/** Writes a file of candidates atomically. When there is no candidate, the file is deleted. */
export function writeCandidates(root: string, path: string, candidates: readonly Candidate[]): void {
  if (candidates.length === 0) rmSync(join(root, path), { force: true });
  else
    replaceFile(
      root,
      path,
      candidates.map((one) => `${JSON.stringify(candidateSchema().parse(one))}\n`).join(""),
    );
}

/** Refuses to overwrite candidates that nobody has reviewed. @throws {EvalsError} EVALS_CANDIDATES_OPEN */
export function refuseOpenCandidates(root: string, path: string): void {
  if (!existsSync(join(root, path))) return;
  const open = readCandidates(root, path).length;
  if (open === 0) return;
  throw new EvalsError({
    code: "EVALS_CANDIDATES_OPEN",
    path,
    what: `${open} candidates of an earlier draw are not decided yet.`,
    why: "Another draw would overwrite decisions that people may have made.",
    fix: `evals label ${path}    (or delete the file)`,
  });
}
