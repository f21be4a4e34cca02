import type { Candidate } from "../../domain/candidate.ts";
import type { Case } from "../../domain/case.ts";
import type { Json } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import { appendLine } from "../../labels/durable-file.ts";
import { readCandidates, writeCandidates } from "./candidate-file.ts";

/** What became of candidates that somebody has decided on. */
export interface Settled {
  /** Ids of those that are cases now. */
  readonly accepted: readonly string[];
  readonly rejected: readonly string[];
  /** Nobody has decided on them. */
  readonly open: number;
}

/** Where the candidates are, and the dataset that they may become cases of; paths relative to the root. */
export interface CandidatePlace {
  readonly root: string;
  readonly path: string;
  readonly dataset: string;
}

/**
 * Moves accepted candidates into their dataset and takes rejected ones away; those that nobody has decided on stay. A case is in the
 * dataset before its candidate is gone: who is stopped between the two finds it already there.
 *
 * @param known ids of the dataset's cases
 * @throws {EvalsError} for a file of candidates with mistakes, and for a dataset to which no line can be added
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

/** Digits that a weight keeps: more say nothing, and fewer would move a rate. */
const DIGITS = 6;

/** A candidate as the case that it becomes, with its source, what it stands for, and what production got wrong. */
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
    what: "Accepted candidates are added to a dataset of JSON lines, and this is none.",
    why: "In another form the whole file would be written anew.",
    fix: `Write it as ${dataset.replace(/\.[^./]+$/, "")}.jsonl, one case a line, then give the command again.`,
  });
}
