import { criticalRule } from "../domain/gate-rule.ts";
import { itemAt } from "../domain/item-at.ts";
import type { RuleResult } from "../domain/verdict.ts";
import type { Tally } from "../metrics/tally.ts";
import { namedCases } from "./named-cases.ts";

/**
 * `gate.critical`: the selected cases must pass every trial. One failed trial fails the rule; otherwise a
 * missing trial leaves it undecided. The value is the share of selected cases without a failed trial, null
 * while unknown.
 *
 * @param casesOf the cases that a selector names
 * @param left number of a case's trials without an answer, including those that an early stop did not need
 */
export function checkCritical(
  selectors: readonly string[],
  casesOf: (selector: string) => Iterable<{ readonly case_no: number; readonly id: string }>,
  tally: Tally,
  left: (caseNo: number) => number,
): RuleResult[] {
  return selectors.map((selector) => {
    let failed = 0;
    let open = 0;
    let chosen = 0;
    const broken: string[] = [];
    for (const { case_no: caseNo, id } of casesOf(selector)) {
      chosen++;
      if (itemAt(tally.passed, caseNo) < itemAt(tally.answered, caseNo)) {
        failed++;
        broken.push(id);
      } else if (left(caseNo) > 0) open++;
    }
    return {
      ...criticalRule(selector),
      outcome: failed > 0 ? "failed" : open > 0 ? "undecided" : "passed",
      value: chosen === 0 || open > 0 ? null : (chosen - failed) / chosen,
      required: "every trial passes",
      ...(broken.length === 0
        ? {}
        : {
            said: `failing: ${namedCases(broken)}`,
          }),
    };
  });
}
