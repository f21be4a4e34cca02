import { holds, parseBound } from "../domain/bound.ts";
import { eachCaseRule } from "../domain/gate-rule.ts";
import { itemAt } from "../domain/item-at.ts";
import type { RuleResult } from "../domain/verdict.ts";
import type { Tally } from "../metrics/tally.ts";
import { namedCases } from "./named-cases.ts";

/**
 * `gate.each_case`: the share of passed trials of every case must be within the bound. A case fails if its share is
 * outside the bound both with all missing trials passed and with all of them failed. If only one of the two shares is
 * outside, the case is undecided.
 *
 * @param left number of a case's trials without an answer, including those that an early stop did not need
 * @returns empty without a bound; the value is the lowest share of a case, null while unknown
 */
export function checkEachCase(
  text: string | undefined,
  idOf: (caseNo: number) => string,
  tally: Tally,
  left: (caseNo: number) => number,
): RuleResult[] {
  if (text === undefined) return [];
  const bound = parseBound(text);
  if (bound === undefined) throw new Error(`unchecked bound of each_case: ${text}`);
  const failing: string[] = [];
  let open = 0;
  let missing = 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (let caseNo = 0; caseNo < tally.cases; caseNo++) {
    const [passed, answered, more] = [
      itemAt(tally.passed, caseNo),
      itemAt(tally.answered, caseNo),
      left(caseNo),
    ];
    const all = answered + more;
    if (all === 0) continue;
    missing += more;
    const ends = [passed / all, (passed + more) / all].map((share) => holds(bound, share));
    if (ends.every((held) => !held)) failing.push(idOf(caseNo));
    else if (!ends.every(Boolean)) open++;
    if (answered > 0) lowest = Math.min(lowest, passed / answered);
  }
  return [
    {
      ...eachCaseRule(bound),
      outcome: failing.length > 0 ? "failed" : open > 0 ? "undecided" : "passed",
      value: missing > 0 || lowest === Number.POSITIVE_INFINITY ? null : lowest,
      required: bound.text,
      ...(failing.length === 0 ? {} : { said: `below: ${namedCases(failing)}` }),
    },
  ];
}
