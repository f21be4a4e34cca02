import { describe, expect, it } from "vitest";
import {
  CONTRACT_RULE,
  criticalRule,
  type NamedRule,
  regressionRule,
  removedRule,
  requireRule,
  ruleOfText,
} from "./gate-rule.ts";
import { type RuleResult, readStoredRules } from "./verdict.ts";

/** A rule of each kind, with the text of its bound as version 0.1.0 wrote it. */
const RULES: readonly (readonly [NamedRule, string])[] = [
  [requireRule("pass_rate", { op: ">=", value: 0.9 }), ">= 0.9"],
  [requireRule("latency_p95", { op: "<=", value: 4000 }), "<= 4s"],
  [requireRule("score.removed cases", { op: ">", value: 0.5 }), "> 0.5"],
  [regressionRule("pass_rate", 0.03, false), "no drop of more than 3 points"],
  [regressionRule("score.tone: warm", 0.05, true), "no drop of more than 5 %"],
  [regressionRule("pass^3", 0, false), "no drop of more than 0 points"],
  [criticalRule("tag:very important"), "every trial passes"],
  [CONTRACT_RULE, "a patch does not move behaviour"],
  [removedRule("removed_cases", false), "0 (gate.allow_removed: true allows cases to be removed)"],
  [removedRule("removed_cases", true), "allowed"],
  [
    removedRule("removed_baselines", false),
    "0 (to give the baseline up, git rm or git mv a.jsonl in this change)",
  ],
];

describe("a rule of a stored report", () => {
  it.each(RULES)("that has only texts gets the values that they were made from: $rule", (rule, required) => {
    const { rule: text } = rule;
    expect(ruleOfText(text, required)).toEqual(rule);
    const old = { rule: text, outcome: "failed", value: 0.5, required, said: "why" } as object as RuleResult;
    expect(readStoredRules([old])).toEqual([
      { ...rule, outcome: "failed", value: 0.5, required, said: "why" },
    ]);
  });

  it.each(RULES)("that has its values is left as it is: $rule", (rule, required) => {
    const stored = {
      ...rule,
      outcome: "passed",
      value: 1,
      required: `${required}, in other words`,
    } as RuleResult;
    expect(readStoredRules([stored])).toEqual([stored]);
  });

  it("that no version wrote is left out", () => {
    const odd = { rule: "wished for", outcome: "failed", value: 1, required: "much" } as object as RuleResult;
    expect(readStoredRules([odd])).toEqual([]);
  });
});

describe("the bound of a regression rule", () => {
  it("is 0 or below, never minus zero", () => {
    expect(Object.is(regressionRule("pass_rate", 0, false).bound?.value, 0)).toBe(true);
    expect(regressionRule("pass_rate", 0.03, false).bound).toEqual({ op: ">=", value: -0.03 });
  });
});
