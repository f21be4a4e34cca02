import type { RuleResult } from "../domain/verdict.ts";
import type { Tally } from "../metrics/tally.ts";

/** Does `tag:…` or `case:…` name this case? */
export function selectorMatches(selector: string, golden: { readonly id: string; readonly tags: readonly string[] }): boolean {
  return selector.startsWith("tag:") ? golden.tags.includes(selector.slice(4)) : golden.id === selector.slice(5);
}

/**
 * `gate.critical`: the selected cases must pass every trial. One failed trial decides; a missing one leaves it open.
 *
 * @param cases in case-number order
 */
export function checkCritical(
  selectors: readonly string[],
  cases: readonly { readonly id: string; readonly tags: readonly string[] }[],
  tally: Tally,
  missing: (caseNo: number) => number,
): RuleResult[] {
  return selectors.map((selector) => {
    let failed = 0;
    let open = 0;
    let chosen = 0;
    const broken: string[] = [];
    for (const [caseNo, golden] of cases.entries()) {
      if (!selectorMatches(selector, golden)) continue;
      chosen++;
      if ((tally.passed[caseNo] ?? 0) < (tally.answered[caseNo] ?? 0)) {
        failed++;
        broken.push(golden.id);
      } else if (missing(caseNo) > 0) open++;
    }
    return {
      rule: `critical ${selector}`,
      outcome: failed > 0 ? "failed" : open > 0 ? "undecided" : "passed",
      value: chosen === 0 ? null : (chosen - failed) / chosen,
      required: "every trial passes",
      ...(broken.length === 0 ? {} : { said: `failing: ${broken.slice(0, 5).join(", ")}${broken.length > 5 ? ` and ${broken.length - 5} more` : ""}` }),
    };
  });
}
