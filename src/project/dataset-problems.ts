import type { Problem } from "../domain/problem.ts";

/** Maximum number of problems of one file printed one by one. */
export const SHOWN = 20;

/** Collects the problems of one dataset: the first twenty in full, the rest as a number. */
export interface ProblemList {
  add(problem: Problem): void;
  /** Whether further problems are only counted, so that they need no description. */
  readonly isFull: boolean;
  readonly isEmpty: boolean;
  /** The collected problems; the last one is `…and N more` when there are more. */
  all(): readonly Problem[];
}

export function problemList(path: string): ProblemList {
  const shown: Problem[] = [];
  let hidden = 0;
  return {
    add: (problem) => {
      if (shown.length < SHOWN) shown.push(problem);
      else hidden++;
    },
    get isFull() {
      return shown.length >= SHOWN;
    },
    get isEmpty() {
      return shown.length === 0;
    },
    all: () => {
      const inOrder = [...shown].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
      return hidden === 0 ? inOrder : [...inOrder, andMore(path, hidden)];
    },
  };
}

export function andMore(path: string, hidden: number): Problem {
  return {
    code: "EVALS_MORE_PROBLEMS",
    path,
    what: `…and ${hidden} more problems in this file.`,
    why: `Only the first ${SHOWN} of a file are shown.`,
    fix: "Correct the problems above first; the others may have the same cause.",
  };
}

export function duplicateId(id: string, path: string, line: number, firstLine: number): Problem {
  return {
    code: "EVALS_DATASET_DUPLICATE_ID",
    path,
    line,
    column: 1,
    what: `Case "${id}" appears twice.`,
    why: "Runs are compared case by case, so an id names exactly one case.",
    fix: `Rename it, or delete line ${line}; the first case with this id is on line ${firstLine}.`,
  };
}

export function emptyDataset(path: string): Problem {
  return {
    code: "EVALS_DATASET_EMPTY",
    path,
    line: 1,
    column: 1,
    what: "This dataset has no case.",
    why: "A suite without cases would pass without asking anything.",
    fix: 'Add at least one: {"id":"first","input":"…","expected":"…"}',
  };
}

export function tooDeep(path: string, line: number): Problem {
  return {
    code: "EVALS_DATASET_TOO_DEEP",
    path,
    line,
    column: 1,
    what: `This case is nested more than ${MAX_DEPTH} levels deep.`,
    why: "No prompt or scorer could use what lies that deep, and the file is probably damaged.",
    fix: "Flatten the case, or put the deep part into a text.",
  };
}

/** Maximum nesting depth of a case. */
export const MAX_DEPTH = 200;
