import type { RuleResult } from "../domain/verdict.ts";
import type { Tally } from "../metrics/tally.ts";
import { namedCases } from "./named-cases.ts";

/**
 * `gate.critical`: the selected cases must pass every trial. One failed trial decides; a missing one leaves it open.
 *
 * @param casesOf the cases that a selector names
 */
export function checkCritical(
  selectors: readonly string[],
  casesOf: (selector: string) => Iterable<{ readonly case_no: number; readonly id: string }>,
  tally: Tally,
  missing: (caseNo: number) => number,
): RuleResult[] {
  return selectors.map((selector) => {
    let failed = 0;
    let open = 0;
    let chosen = 0;
    const broken: string[] = [];
    for (const { case_no: caseNo, id } of casesOf(selector)) {
      chosen++;
      if ((tally.passed[caseNo] ?? 0) < (tally.answered[caseNo] ?? 0)) {
        failed++;
        broken.push(id);
      } else if (missing(caseNo) > 0) open++;
    }
    return {
      rule: `critical ${selector}`,
      outcome: failed > 0 ? "failed" : open > 0 ? "undecided" : "passed",
      value: chosen === 0 ? null : (chosen - failed) / chosen,
      required: "every trial passes",
      ...(broken.length === 0
        ? {}
        : {
            said: `failing: ${namedCases(broken)}`,
          }),
    };
  });
}
