import type { CaseSource } from "../domain/case.ts";
import { seen, unseenDifference } from "../domain/look-alikes.ts";
import type { Problem } from "../domain/problem.ts";

/** Maximum number of warnings printed one by one. */
const SHOWN = 10;
/** Matches an id of only printable ASCII characters. Such an id is compared as it is. */
const PLAIN = /^[!-~]+$/;

/**
 * Warns of two cases whose ids look the same: readers would confuse them, and a file written by hand may name the wrong
 * one.
 */
export function lookAlikeIds(cases: CaseSource): Problem[] {
  const firsts = new Map<string, number>();
  const problems: Problem[] = [];
  for (let index = 0; index < cases.count; index++) {
    const id = cases.id(index);
    const looks = PLAIN.test(id) ? id : seen(id);
    const first = firsts.get(looks);
    if (first === undefined) firsts.set(looks, index);
    else if (problems.length < SHOWN) problems.push(lookAlike(cases, first, index));
  }
  return problems;
}

function lookAlike(cases: CaseSource, first: number, second: number): Problem {
  const unseen = unseenDifference(cases.id(first), cases.id(second), undefined, {
    got: `the id on line ${cases.line(second)} has`,
    expected: `the id on line ${cases.line(first)} has`,
  });
  return {
    code: "EVALS_CASE_LOOKS_ALIKE",
    path: cases.path,
    line: cases.line(second),
    column: 1,
    what: `The id "${cases.id(second)}" looks like the id on line ${cases.line(first)}${unseen}.`,
    why: "In a report nobody could tell which of the two is meant, and an answer or label may be given to the other.",
    fix: "Rename one of the two cases; or, if both are one case, delete one of them.",
  };
}
