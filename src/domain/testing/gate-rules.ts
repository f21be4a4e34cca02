import { ruleOfText } from "../gate-rule.ts";
import type { RuleResult } from "../verdict.ts";

/** A rule as it is written for people, with the values that belong to it. */
export function gateRule(
  texts: Pick<RuleResult, "rule" | "outcome" | "value" | "required" | "said" | "enforced" | "because">,
): RuleResult {
  const named = ruleOfText(texts.rule, texts.required);
  if (named === undefined) throw new Error(`no rule: ${texts.rule}`);
  return { ...texts, ...named } as RuleResult;
}
