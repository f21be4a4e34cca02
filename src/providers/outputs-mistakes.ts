import { didYouMean } from "../domain/did-you-mean.ts";
import type { Problem } from "../domain/problem.ts";
import { slipOf } from "../domain/slip-of.ts";
import type { WrongMember } from "./given-answer.ts";

/** A line of a file: the file's path relative to the project root, and the line's number from 1. */
export interface Line {
  readonly path: string;
  readonly line: number;
}

/** A member whose name is nearly a known one. */
export interface MisspeltMember {
  /** `tool_call`, `usage.input_token`. */
  readonly name: string;
  readonly known: string;
  /** The first line with it, from 1, and the column of its key there. */
  readonly line: number;
  readonly column: number;
  /** Number of lines that have it. */
  lines: number;
}

const FORMAT =
  'One JSON object a line: {"case":"<id>","trial":1,"output":"<answer>"}; trial may be left out.';

export function invalidLine(at: Line, column: number): Problem {
  return {
    code: "EVALS_OUTPUTS_JSON",
    ...at,
    column,
    what: "The line is not a JSON object.",
    why: "Each line is one recorded answer; an answer that cannot be read would silently be missing.",
    fix: FORMAT,
  };
}

export function noAnswer(path: string): Problem {
  return {
    code: "EVALS_OUTPUTS_EMPTY",
    path,
    line: 1,
    column: 1,
    what: "The file has no answer in it.",
    why: "The file takes the place of a model, so every trial would be missing.",
    fix: `Let the program that makes the file write it again. ${FORMAT}`,
  };
}

export function missingMember(at: Line, name: "case" | "output", members: object): Problem {
  return {
    code: name === "case" ? "EVALS_OUTPUTS_CASE" : "EVALS_OUTPUTS_OUTPUT",
    ...at,
    column: 1,
    what: `${name === "case" ? 'The line has no "case" that is a text.' : 'The line has no "output".'}${didYouMeanMember(name, members)}`,
    why:
      name === "case"
        ? '"case" says which case the answer belongs to.'
        : '"output" is the answer that is scored.',
    fix: FORMAT,
  };
}

function didYouMeanMember(name: string, members: object): string {
  const written = Object.keys(members).find((key) => slipOf(key, [name]) !== undefined);
  return written === undefined ? "" : ` Did you mean "${name}" where the line has "${written}"?`;
}

export function unknownCase(at: Line, column: number, id: string, known: Iterable<string>): Problem {
  return {
    code: "EVALS_OUTPUTS_UNKNOWN_CASE",
    ...at,
    column,
    what: `The dataset has no case "${id}".${didYouMean(id, known)}`,
    why: "An answer without its case cannot be scored, and a misspelt id would leave another case without answers.",
    fix: "Correct the id, add the case to the dataset, or delete the line.",
  };
}

export function wrongTrial(at: Line, column: number): Problem {
  return {
    code: "EVALS_OUTPUTS_TRIAL",
    ...at,
    column,
    what: '"trial" is not a whole number from 1.',
    why: "Trials of a case are distinguished by this number: 1, 2, 3…",
    fix: 'Count from 1, or delete "trial" from all lines: lines of one case are then numbered in order.',
  };
}

export function duplicateTrial(at: Line, id: string, trial: number, first: number): Problem {
  return {
    code: "EVALS_OUTPUTS_DUPLICATE",
    ...at,
    column: 1,
    what: `Case "${id}" has trial ${trial} twice.`,
    why: "Each trial is one independent execution; counting one twice would make a result look more certain than it is.",
    fix: `Renumber or delete this line; the same trial is already on line ${first}.`,
  };
}

export function wrongMember(at: Line, column: number, { name, expected }: WrongMember): Problem {
  return {
    code: "EVALS_OUTPUTS_MEMBER",
    ...at,
    column,
    what: `"${name}" is not ${expected}.`,
    why: "The value is stored with the trial and counted in its metrics; a value that is unknown must be left out.",
    fix: `Correct "${name}", or leave it out.`,
  };
}

export function misspeltMember(path: string, { name, known, line, column, lines }: MisspeltMember): Problem {
  return {
    code: "EVALS_OUTPUTS_MISSPELT",
    ...{ path, line, column },
    what: `"${name}" is not a known member${lines === 1 ? "" : `, and ${lines} lines have it`}. Did you mean "${known}"?`,
    why: "Unknown members are taken for notes and not read, so what this one says would be missing.",
    fix: `Write "${known}"; a note of your own may keep its name, because this is only a warning.`,
  };
}

export function furtherProblems(path: string, count: number): Problem {
  return {
    code: "EVALS_OUTPUTS_MORE",
    path,
    what: `${count} more problems in this file are not listed.`,
    why: "A file made by a program is mostly wrong in the same way on every line.",
    fix: "Correct the program that writes the file, then check again.",
  };
}
