import { ruleOfText } from "../gate-rule.ts";
import type { RuleResult } from "../verdict.ts";

/** A rule's result, made from its texts for people. The structured values are read from the texts. */
export function gateRule(
  texts: Pick<RuleResult, "rule" | "outcome" | "value" | "required" | "said" | "enforced" | "because">,
): RuleResult {
  const named = ruleOfText(texts.rule, texts.required);
  if (named === undefined) throw new Error(`no rule: ${texts.rule}`);
  return { ...texts, ...named } as RuleResult;
}
