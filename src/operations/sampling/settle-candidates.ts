import type { Candidate } from "../../domain/candidate.ts";
import type { Case } from "../../domain/case.ts";
import type { Json } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import { appendLine } from "../../labels/durable-file.ts";
import { readCandidates, writeCandidates } from "./candidate-file.ts";

/** The result of reviewing candidates. */
export interface Settled {
  /** Ids of the candidates that became cases. */
  readonly accepted: readonly string[];
  /** Ids of the candidates that were deleted. */
  readonly rejected: readonly string[];
  /** Number of undecided candidates. */
  readonly open: number;
}

/** The candidates file and its dataset; paths relative to the root. */
export interface CandidatePlace {
  readonly root: string;
  readonly path: string;
  readonly dataset: string;
}

/**
 * Moves accepted candidates to their dataset and deletes rejected ones; undecided ones are kept. A case is added
 * before its candidate is deleted, so that an interruption loses nothing.
 *
 * @param known ids of the dataset's cases
 * @throws {EvalsError} for a candidates file with mistakes, and for a dataset that cannot be extended
 */
export function settleCandidates(
  { root, path, dataset }: CandidatePlace,
  known: ReadonlySet<string>,
): Settled {
  const candidates = readCandidates(root, path);
  const accepted = candidates.filter(({ accept }) => accept === true);
  const open = candidates.filter(({ accept }) => accept === null);
  if (accepted.length > 0 && !dataset.endsWith(".jsonl")) throw notLines(dataset);
  for (const one of accepted) if (!known.has(one.id)) appendLine(root, dataset, JSON.stringify(caseOf(one)));
  if (open.length < candidates.length) writeCandidates(root, path, open);
  return {
    accepted: accepted.map(({ id }) => id),
    rejected: candidates.filter(({ accept }) => accept === false).map(({ id }) => id),
    open: open.length,
  };
}

/** Number of significant digits of a stored weight. More digits would not change a rate that is computed from it. */
const DIGITS = 6;

/** Converts a candidate to a case, with its source, its weight, and production's mistake. */
export function caseOf(candidate: Candidate): Case {
  const { id, input, expected, right, answer, failure, tags, trace, stratum, probability } = candidate;
  const metadata: Record<string, Json> = {
    source: `trace:${trace}`,
    weight: Number((1 / probability).toPrecision(DIGITS)),
    stratum,
    ...(right !== null && { right }),
    ...(right === false && { was: answer }),
    ...(failure !== null && { failure }),
  };
  return { id, input, ...(expected === null ? {} : { expected }), tags, metadata };
}

function notLines(dataset: string): EvalsError {
  return new EvalsError({
    code: "EVALS_CANDIDATES_DATASET",
    path: dataset,
    what: "Accepted candidates can only be added to a dataset of JSON lines, and this file has another format.",
    why: "A file of another format would have to be rewritten as a whole.",
    fix: `Write the dataset as ${dataset.replace(/\.[^./]+$/, "")}.jsonl, one case per line, then run the command again.`,
  });
}
